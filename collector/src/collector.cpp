#include <sidespan_collector/collector.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "accounts.h"
#include "api.h"
#include "gatekeeper.h"
#include "listener.h"
#include "session.h"

namespace sidespan::collector {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds patienceAtStop{2};

asio::ip::tcp::endpoint parseEndpoint(const CollectorOptions& options) {
    boost::system::error_code error;
    auto address = asio::ip::make_address(options.address, error);
    if (error) {
        throw std::runtime_error(
            fmt::format("\"{}\" is not an address to listen on; it must be a number such as 127.0.0.1 or ::1",
                        options.address));
    }
    if (!address.is_loopback() && options.token.empty()) {
        throw std::runtime_error(fmt::format(
            "listening on {} lets other machines in, so a token is needed; give one, or listen on 127.0.0.1",
            options.address));
    }
    return {address, options.port};
}

CollectorOptions checked(CollectorOptions options) {
    if (options.database.empty()) throw std::runtime_error("a database file must be named");
    if (options.threads == 0) throw std::runtime_error("at least one thread must serve connections");
    if (options.tokenLifetime < std::chrono::seconds(1)) {
        throw std::runtime_error("a token must live for at least a second");
    }
    for (char c : options.token) {
        if (c <= ' ' || c > '~') throw std::runtime_error("the token must be printable ASCII without spaces");
    }
    return options;
}

}

class Collector::Impl {
public:
    explicit Impl(CollectorOptions options)
        : options_(checked(std::move(options))),
          endpoint_(parseEndpoint(options_)),
          accounts_(options_.users, options_.tokenLifetime, options_.tokenClock),
          gatekeeper_(options_.token, options_.token.empty(), accounts_, options_.limits),
          connections_(options_.limits.connections),
          budget_(options_.limits.bufferedBytes),
          api_(std::make_unique<Api>(options_.database, options_.limits, accounts_, options_.onError)),
          host_{options_.limits, gatekeeper_, *api_, connections_, budget_},
          listener_(io_, endpoint_, host_, options_.onError) {
        options_.users.clear();  // their passwords are not needed any more
        endpoint_ = listener_.endpoint();
        listener_.start();
        running_ = options_.threads;
        for (unsigned i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { serve(); });
    }
    ~Impl() { stop(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] const asio::ip::tcp::endpoint& endpoint() const noexcept { return endpoint_; }
    void stop();

private:
    void serve();
    void waitForThreads();

    CollectorOptions options_;
    asio::ip::tcp::endpoint endpoint_;
    Accounts accounts_;
    Gatekeeper gatekeeper_;
    ConnectionTable connections_;
    ByteBudget budget_;
    asio::io_context io_;  // outlives the requests that api_ holds, and goes before what sessions refer to
    std::unique_ptr<Api> api_;
    SessionHost host_;
    Listener listener_;
    std::vector<std::thread> threads_;
    std::mutex mutex_;
    std::condition_variable ended_;
    unsigned running_ = 0;
    std::once_flag stopped_;
};

void Collector::Impl::serve() {
    for (;;) {
        try {
            io_.run();
            break;
        } catch (const std::exception& error) {
            // The connection whose handler failed is closed with it.
            if (options_.onError) options_.onError(fmt::format("a request failed: {}", error.what()));
        }
    }
    std::lock_guard lock(mutex_);
    --running_;
    ended_.notify_all();
}

void Collector::Impl::stop() {
    std::call_once(stopped_, [this] {
        listener_.stop();
        connections_.beginClosing();
        waitForThreads();
        for (auto& thread : threads_) thread.join();
        api_.reset();
    });
}

void Collector::Impl::waitForThreads() {
    std::unique_lock lock(mutex_);
    auto allEnded = [this] { return running_ == 0; };
    if (ended_.wait_for(lock, patienceAtStop, allEnded)) return;
    lock.unlock();
    connections_.closeAll();
}

Collector::Collector(CollectorOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Collector::~Collector() = default;
std::uint16_t Collector::port() const noexcept {
    return impl_->endpoint().port();
}
void Collector::stop() {
    impl_->stop();
}

std::string Collector::url() const {
    const auto& endpoint = impl_->endpoint();
    auto address = endpoint.address().to_string();
    if (endpoint.address().is_v6()) address = fmt::format("[{}]", address);
    return fmt::format("http://{}:{}", address, endpoint.port());
}

}
