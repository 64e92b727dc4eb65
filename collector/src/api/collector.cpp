#include <sidespan_collector/collector.h>

#include <mutex>
#include <utility>

#include <sidespan_database/sqlite.h>
#include <sidespan_http_server/http_server.h>

#include "api/api.h"

namespace sidespan::collector {

namespace {

http_server::ServerOptions serverOptions(const CollectorOptions& options) {
    return {.name = "sidespan-collector",
            .address = options.address,
            .port = options.port,
            .threads = options.threads,
            .origins = options.origins,
            .limits = options.limits,
            .onError = options.onError};
}

CollectorOptions checked(CollectorOptions options) {
    database::requireFileName(options.database);
    return options;
}

}

class Collector::Impl {
public:
    explicit Impl(CollectorOptions options)
        : options_(checked(std::move(options))),
          server_(serverOptions(options_),
                  http_server::AccessTokens(options_.token, options_.userTokens, options_.tokenClock)),
          api_(
              std::make_unique<Api>(options_.database, options_.limits, options_.onError, options_.forward)) {
        server_.start(api_->application());
    }
    ~Impl() { stop(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] const http_server::HttpServer& server() const noexcept { return server_; }
    void stop() {
        server_.stop();
        std::call_once(stored_, [this] { api_.reset(); });
    }

private:
    CollectorOptions options_;
    http_server::HttpServer server_;
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
void Collector::stop() {
    impl_->stop();
}

}
