#include "access/token_directory.h"

#include <chrono>
#include <exception>
#include <utility>

#include <fmt/format.h>

namespace sidespan::collector {

namespace {

constexpr std::string_view prefix = "sst_";
constexpr std::size_t secretDigits = 64;
constexpr std::chrono::seconds betweenLooks{1};

std::string_view bytesOf(const http_server::Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}

std::string TokenDirectory::tokenText(std::string_view id, std::string_view secret) {
    return fmt::format("{}{}_{}", prefix, id, secret);
}

TokenDirectory::TokenDirectory(std::unique_ptr<TokenTable> table,
                               std::function<void(std::string_view)> onError)
    : table_(std::move(table)), onError_(std::move(onError)) {
    try {
        refresh();
    } catch (const StoreUnavailable&) {
        hasFailed_ = true;  // the store reports it
    }
    thread_ = std::thread([this] { run(); });
}

TokenDirectory::~TokenDirectory() {
    {
        const std::lock_guard lock(mutex_);
        isEnding_ = true;
    }
    ending_.notify_one();
    thread_.join();
}

bool TokenDirectory::isEmpty() const {
    const auto tokens = snapshot();
    return tokens && tokens->empty();
}

std::optional<http_server::Caller> TokenDirectory::find(std::string_view bearer) const {
    const auto tokens = snapshot();
    if (!tokens) return http_server::Caller{.isUndecided = true};
    if (bearer.size() != prefix.size() + idDigits + 1 + secretDigits || !bearer.starts_with(prefix))
        return std::nullopt;
    const auto found = tokens->find(std::string(bearer.substr(prefix.size(), idDigits)));
    if (found == tokens->end()) return std::nullopt;
    const auto& token = found->second;
    const auto digest = http_server::sha256(bearer.substr(bearer.size() - secretDigits));
    if (bearer != tokenText(token.id, bearer.substr(bearer.size() - secretDigits)) ||
        !http_server::equalConstantTime(bytesOf(digest), bytesOf(token.digest)))
        return std::nullopt;
    http_server::Caller caller{.tokenId = token.id};
    if (token.revokedUnixMs != 0) return caller;
    caller.mayEnter = true;
    caller.scopes = token.scopes;
    caller.userId = token.owner;
    return caller;
}

std::shared_ptr<const TokenDirectory::Snapshot> TokenDirectory::snapshot() const {
    const std::lock_guard lock(mutex_);
    return snapshot_;
}

void TokenDirectory::refresh() {
    auto state = table_->state();
    if (snapshot() && state == state_) return;
    auto tokens = std::make_shared<Snapshot>();
    for (auto& token : table_->load()) {
        auto id = token.id;
        tokens->emplace(std::move(id), std::move(token));
    }
    state_ = std::move(state);
    const std::lock_guard lock(mutex_);
    snapshot_ = std::move(tokens);
}

void TokenDirectory::tryRefresh() try {
    refresh();
    hasFailed_ = false;
} catch (const std::exception& error) {
    if (!std::exchange(hasFailed_, true) && onError_)
        onError_(fmt::format("the tokens could not be read: {}", error.what()));
}

void TokenDirectory::run() {
    std::unique_lock lock(mutex_);
    while (!ending_.wait_for(lock, betweenLooks, [this] { return isEnding_; })) {
        lock.unlock();
        tryRefresh();
        lock.lock();
    }
}

}
