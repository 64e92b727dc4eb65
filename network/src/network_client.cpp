#include <sidespan/detail/compiler.h>
#include <sidespan/network/network_client.h>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include <sidespan/detail/join.h>
#include <sidespan/http_transport/detail/transport_factory.h>

#include <sidespan/network/detail/check_endpoint.h>
#include <sidespan/network/detail/uuid.h>
#include "classify.h"
#include "http_worker.h"
#include "post_queue.h"

namespace sidespan::inline v0 {
namespace {

constexpr std::string_view idempotencyKey = "Idempotency-Key";

// A client whose configuration is not valid sends nothing, but needs one.
ValidConfig placeholderConfig() {
    return validate({}).value();
}

bool isPath(std::string_view text) {
    return text.starts_with('/') && std::ranges::none_of(text, [](char c) {
               return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '#';
           });
}

HttpTransportOptions transportOptions(const Config& config) {
    return {config.http.caFile, config.http.proxy};
}

}

struct NetworkClient::Impl {
    SIDESPAN_COLD Impl(ValidConfig valid, std::optional<Error> problem, Parts parts)
        : config(std::move(valid)),
          invalid(std::move(problem)),
          clock(parts.clock ? std::move(parts.clock) : std::make_shared<DeliveryClock>()),
          posts(config, clock, std::move(parts.executor)),
          worker(config, clock,
                 parts.transport ? std::move(parts.transport)
                                 : detail::makeTransport(transportOptions(*config))) {
        if (!invalid) invalid = detail::checkEndpoint(*config);
        worker.attach(posts);
    }

    /// What is wrong with a post before anything is done about it.
    [[nodiscard]] std::optional<Error> refuse(const std::string& path, const Headers& headers) const {
        if (invalid) return invalid;
        if (!config->consent.isGranted())
            return Error{ErrorCode::noConsent, "not sent: consent is not granted"};
        if (!isPath(path)) {
            return Error{
                ErrorCode::invalidConfig,
                detail::join({"\"", detail::quoteServer(path.substr(0, path.find('?'))),
                              "\" is not a path; it must begin with '/' and contain no blank and no '#'"})};
        }
        for (const auto& [name, value] : headers) {
            if (!isSendable({name, value})) {
                return Error{ErrorCode::invalidConfig,
                             "a header's name must be a token, and its value must not contain control "
                             "characters (RFC 9110, 5)"};
            }
        }
        return std::nullopt;
    }

    /// Why the request was not taken, if that is so.
    [[nodiscard]] std::optional<Error> enqueue(std::string_view method, std::string path, std::string body,
                                               const Headers& headers, const Callback& callback) {
        if (auto error = refuse(path, headers)) return error;
        detail::Post post{.method = method,
                          .path = std::move(path),
                          .body = std::move(body),
                          .headers = {},
                          .callback = callback,
                          .consentEpoch = config->consent.epoch(),
                          .backoff = detail::Backoff(config->retry)};
        for (const auto& [name, value] : headers) addHeader(post.headers, name, value);
        const bool isKeyed = std::ranges::any_of(
            post.headers, [](const auto& header) { return isSameHeaderName(header.name, idempotencyKey); });
        if (method == "POST" && !isKeyed)
            addHeader(post.headers, idempotencyKey, detail::Uuid::random().text());
        return posts.add(std::move(post));
    }

    const ValidConfig config;
    std::optional<Error> invalid;
    const std::shared_ptr<DeliveryClock> clock;
    detail::PostQueue posts;
    detail::HttpWorker worker;
};

SIDESPAN_COLD NetworkClient::NetworkClient(Config config, Executor executor)
    : NetworkClient(std::move(config), Parts{.executor = std::move(executor)}) {}

SIDESPAN_COLD NetworkClient::NetworkClient(Config config, Parts parts) {
    const auto report = config.onError;
    auto valid = validate(std::move(config));
    if (valid.isSuccess()) {
        impl_ = std::make_unique<Impl>(std::move(valid).value(), std::nullopt, std::move(parts));
    } else {
        impl_ = std::make_unique<Impl>(placeholderConfig(), valid.error(), std::move(parts));
        if (report) report(valid.error());
    }
}

SIDESPAN_COLD NetworkClient::NetworkClient(const ValidConfig& config) : NetworkClient(config, Parts{}) {}
SIDESPAN_COLD NetworkClient::NetworkClient(const ValidConfig& config, Parts parts)
    : impl_(std::make_unique<Impl>(config, std::nullopt, std::move(parts))) {}

SIDESPAN_COLD NetworkClient::~NetworkClient() {
    if (impl_->worker.isInherited()) {
        static_cast<void>(impl_.release());  // see RequestRunner::isInherited()
        return;
    }
    shutdown(deadlineIn(impl_->config->shutdownTimeout));
    impl_->posts.gate().close(Deadline::max());
}

SIDESPAN_COLD void NetworkClient::post(std::string path, std::string body, Headers headers,
                                       Callback callback) {
    send("POST", std::move(path), std::move(body), std::move(headers), std::move(callback));
}

SIDESPAN_COLD void NetworkClient::get(std::string path, Headers headers, Callback callback) {
    send("GET", std::move(path), {}, std::move(headers), std::move(callback));
}

SIDESPAN_COLD void NetworkClient::send(std::string_view method, std::string path, std::string body,
                                       Headers headers, Callback callback) {
    if (impl_->worker.isInherited()) return;
    std::optional<Error> error;
    try {
        error = impl_->enqueue(method, std::move(path), std::move(body), headers, callback);
    } catch (const std::bad_alloc&) {
        error = {ErrorCode::resource, "out of memory"};
    }
    if (error) {
        impl_->posts.notify(callback, *std::move(error));
    } else if (!impl_->worker.wake()) {
        impl_->posts.cancel({ErrorCode::resource, "not sent: there is no thread to send with"});
    }
}

void NetworkClient::setToken(std::string token) {
    if (!impl_->worker.isInherited()) impl_->worker.setToken(std::move(token));
}

void NetworkClient::cancel() {
    if (impl_->worker.isInherited()) return;
    impl_->posts.cancel({ErrorCode::cancelled, "cancelled"});
    impl_->worker.interrupt();
}

bool NetworkClient::shutdown(Deadline deadline) {
    if (impl_->worker.isInherited()) return false;
    // From within a callback nothing more can be done than has been; its own post is as good as done.
    const bool isOwn = impl_->worker.isOwnThread();
    const bool isDone = impl_->posts.waitUntilEmpty(isOwn ? deadlineIn({}) : deadline, isOwn ? 1 : 0);
    impl_->worker.stop();
    const bool isQuiet = impl_->posts.gate().close(deadline);
    return isDone && isQuiet;
}

detail::RequestRunner& NetworkClient::runner() noexcept {
    return impl_->worker;
}

}
