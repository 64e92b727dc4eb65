#include <loop_service/loop_service.h>

#include <mutex>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sidespan/sidespan.h>
#include <sidespan/version.h>
#include <sidespan_database/sqlite.h>
#include <sidespan_http_server/crypto.h>
#include <sidespan_http_server/http_server.h>

#include "loop_api.h"

namespace loop_service {

using sidespan::http_server::AccessTokens;
using sidespan::http_server::HttpServer;
using sidespan::http_server::ServerOptions;
using sidespan::http_server::TokenSigner;

namespace {

LoopServiceOptions checked(LoopServiceOptions options) {
    sidespan::database::requireFileName(options.database);
    if (!options.userTokens) options.userTokens.emplace(sidespan::http_server::newToken());
    return options;
}

ServerOptions serverOptions(const LoopServiceOptions& options) {
    return {.name = "loop-service",
            .address = options.address,
            .port = options.port,
            .threads = options.threads,
            .limits = options.limits,
            .onError = options.onError};
}

// Without users, no user token is valid. Without options.token, the server is open to all.
AccessTokens accessTokens(const LoopServiceOptions& options) {
    auto signer = options.users.empty() ? std::nullopt : options.userTokens;
    return {options.token, std::move(signer), options.tokenClock};
}

std::unique_ptr<sidespan::DefaultRecorder> makeRecorder(const LoopServiceOptions& options) {
    if (options.telemetry.endpoint.empty()) return nullptr;
    sidespan::Config config;
    config.service = {"loop-service", std::string(sidespan::version)};
    config.clientType = sidespan::ClientType::server;
    config.endpoint = options.telemetry.endpoint;
    config.token = options.telemetry.token;
    config.consent = sidespan::Consent::granted;  // the operator runs this server and chose the endpoint
    config.onError = [report = options.onError](const sidespan::Error& error) {
        if (report) report("telemetry: " + error.message);
    };
    if (const auto wrong = sidespan::check(config)) throw std::runtime_error("telemetry: " + wrong->message);
    return std::make_unique<sidespan::DefaultRecorder>(config);
}

}

class LoopService::Impl {
public:
    explicit Impl(LoopServiceOptions options)
        : options_(checked(std::move(options))),
          recorder_(makeRecorder(options_)),
          server_(serverOptions(options_), accessTokens(options_)),
          api_(std::make_unique<LoopApi>(
              options_.database, options_.limits,
              Accounts(options_.users, *options_.userTokens, options_.tokenLifetime, options_.tokenClock),
              recorder_.get(), options_.onError)) {
        options_.users.clear();  // their passwords are no longer needed
        server_.start(api_->application());
    }
    ~Impl() { stop(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] const HttpServer& server() const noexcept { return server_; }
    bool flush(std::chrono::nanoseconds timeout) { return recorder_ == nullptr || recorder_->flush(timeout); }
    void stop() {
        server_.stop();
        std::call_once(stored_, [this] { api_.reset(); });
    }

private:
    LoopServiceOptions options_;
    std::unique_ptr<sidespan::DefaultRecorder> recorder_;
    HttpServer server_;
    std::unique_ptr<LoopApi> api_;  // destroyed before the server, since it may hold requests
    std::once_flag stored_;
};

LoopService::LoopService(LoopServiceOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
LoopService::~LoopService() = default;
std::uint16_t LoopService::port() const noexcept {
    return impl_->server().port();
}
std::string LoopService::url() const {
    return impl_->server().url();
}
bool LoopService::flush(std::chrono::nanoseconds timeout) {
    return impl_->flush(timeout);
}
void LoopService::stop() {
    impl_->stop();
}

}
