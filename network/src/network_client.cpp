#include <sidespan/detail/compiler.h>
#include <sidespan/network/network_client.h>

#include <optional>
#include <utility>

#include <sidespan/http_transport/detail/transport_factory.h>

#include <sidespan/network/detail/check_endpoint.h>
#include "network_client_impl.h"

namespace sidespan::inline v0 {
namespace {

HttpTransportOptions transportOptions(const Config& config) {
    return {config.http.caFile, config.http.proxy};
}

}

SIDESPAN_COLD NetworkClient::Impl::Impl(ValidConfig valid, std::optional<Error> problem, Parts parts)
    : config(std::move(valid)),
      invalid(std::move(problem)),
      clock(parts.clock ? std::move(parts.clock) : std::make_shared<DeliveryClock>()),
      callbacks(std::move(parts.executor)),
      worker(
          config, clock,
          parts.transport ? std::move(parts.transport) : detail::makeTransport(transportOptions(*config))) {
    if (!invalid) invalid = detail::checkEndpoint(*config);
}

SIDESPAN_COLD NetworkClient::NetworkClient(Config config, Executor executor)
    : NetworkClient(std::move(config), Parts{.executor = std::move(executor)}) {}

SIDESPAN_COLD NetworkClient::NetworkClient(Config config, Parts parts) {
    const auto wrong = check(config);
    const auto valid = wrong ? detail::withoutSettings(config) : detail::asChecked(config);
    impl_ = std::make_unique<Impl>(valid, wrong, std::move(parts));
    if (wrong) valid.report(*wrong);
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
    impl_->callbacks.close(Deadline::max());
}

void NetworkClient::setToken(std::string token) {
    if (!impl_->worker.isInherited()) impl_->worker.setToken(std::move(token));
}

void NetworkClient::cancel() {
    if (impl_->worker.isInherited()) return;
    if (auto* const posts = impl_->posts()) posts->cancel({ErrorCode::cancelled, "cancelled"});
    impl_->worker.interrupt();
}

bool NetworkClient::shutdown(Deadline deadline) {
    if (impl_->worker.isInherited()) return false;
    // A callback on the worker's thread cannot wait for other posts, and its own post is done.
    const bool isOwn = impl_->worker.isOwnThread();
    auto* const posts = impl_->posts();
    const bool isDone =
        posts == nullptr || posts->waitUntilEmpty(isOwn ? deadlineIn({}) : deadline, isOwn ? 1 : 0);
    impl_->worker.stop();
    const bool isQuiet = impl_->callbacks.close(deadline);
    return isDone && isQuiet;
}

detail::RequestRunner& NetworkClient::runner() noexcept {
    return impl_->worker;
}

}
