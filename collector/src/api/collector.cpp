#include <sidespan_collector/collector.h>

#include <mutex>
#include <utility>

#include <sidespan_http_server/http_server.h>

#include "access/token_directory.h"
#include "api/api.h"

namespace sidespan::collector {

namespace {

/// Files that are open in addition to clients' connections: of the database, the listening socket and
/// forwarding.
std::size_t otherFiles(const CollectorOptions& options) {
    return http_server::ServerOptions().otherFiles + (options.forward.url.empty() ? 0 : Forwarder::mostFiles);
}

http_server::ServerOptions serverOptions(const CollectorOptions& options) {
    return {.name = "sidespan-collector",
            .address = options.address,
            .port = options.port,
            .threads = options.threads,
            .origins = options.origins,
            .proxies = options.proxies,
            .requestLimits = options.requestLimits,
            .limitClock = options.limitClock,
            .limits = options.limits,
            .otherFiles = otherFiles(options),
            .onError = options.onError};
}

StoreOptions storeOptions(const CollectorOptions& options) {
    StoreOptions store;
    store.address = options.store.empty() ? "sqlite:" + options.database.string() : options.store;
    store.clock = options.storeClock;
    store.statementTimeout = options.limits.statementTimeout;
    store.onError = options.onError;
    return store;
}

const Retention& checked(const Retention& retention) {
    retention.check();
    return retention;
}

/// Beside the database file, so that both move together.
std::filesystem::path forwardFolder(const CollectorOptions& options) {
    if (!options.forward.folder.empty()) return options.forward.folder;
    auto folder = options.database.empty() ? "sidespan" : options.database;
    return folder += ".forward";
}

}

class Collector::Impl {
public:
    explicit Impl(CollectorOptions options)
        : options_(std::move(options)),
          server_(serverOptions(options_),
                  http_server::AccessTokens(options_.token, options_.userTokens, options_.tokenClock,
                                            std::make_shared<TokenDirectory>(
                                                openTokenTable(storeOptions(options_)), options_.onError))),
          api_(std::make_unique<Api>(storeOptions(options_), checked(options_.retention), options_.limits,
                                     options_.forward, forwardFolder(options_), options_.onRefusal)) {
        storeDescription_ = api_->storeDescription();
        server_.start(api_->application());
    }
    ~Impl() { stop(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] const http_server::HttpServer& server() const noexcept { return server_; }
    [[nodiscard]] const std::string& storeDescription() const noexcept { return storeDescription_; }
    void stop() {
        server_.stop();
        std::call_once(stored_, [this] { api_.reset(); });
    }

private:
    CollectorOptions options_;
    http_server::HttpServer server_;
    std::string storeDescription_;
    std::unique_ptr<Api> api_;  // goes before the server: it may hold requests
    std::once_flag stored_;
};

Collector::Collector(CollectorOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Collector::~Collector() = default;
std::uint16_t Collector::port() const noexcept {
    return impl_->server().port();
}
std::string Collector::url() const {
    return impl_->server().url();
}
std::string Collector::storeDescription() const {
    return impl_->storeDescription();
}
void Collector::stop() {
    impl_->stop();
}

}
