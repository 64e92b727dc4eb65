#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <utility>

#include <sidespan/config.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/encoding/span_encoding.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/sink_http/detail/batch_delivery.h>
#include <sidespan/span_batch.h>

namespace sidespan::inline v0 {

/// What HttpBatchSink delivers through: makes requests of the sources attached to its runner, on a thread of
/// its own. Model: NetworkClient.
template <class C>
concept RequestClient = requires(C& client, Deadline deadline) {
    { client.runner() } -> std::same_as<detail::RequestRunner&>;
    { client.shutdown(deadline) } -> std::same_as<bool>;
};

/// A sink that posts spans to a server: encodes them into batches (`config.batch`), keeps these in the outbox
/// (`config.outbox`) until the server has answered for them, and tries again when it has not
/// (`config.retry`). A batch carries the same `Idempotency-Key` each time; one that is too large for the
/// server goes in two halves.
///
/// `flush()` returns true when the server has answered for everything, one way or
/// the other. Models SinkPolicy.
template <RequestClient Client, SpanEncoding Encoding>
class HttpBatchSink {
public:
    /// Needs `Config::endpoint`.
    [[nodiscard]] static std::optional<Error>(check)(const Config& config) {
        return detail::checkEndpoint(config);
    }
    SIDESPAN_COLD explicit HttpBatchSink(const ValidConfig& config)
        : client_(config), delivery_(config, client_.runner(), format()) {}
    /// With a client made of other parts than the default ones.
    template <class Parts>
    HttpBatchSink(const ValidConfig& config, Parts&& parts)
        : client_(config, std::forward<Parts>(parts)), delivery_(config, client_.runner(), format()) {}
    /// Shuts down without waiting for anything to be sent.
    SIDESPAN_COLD ~HttpBatchSink() { static_cast<void>(shutdown(deadlineIn({}))); }
    HttpBatchSink(const HttpBatchSink&) = delete;
    HttpBatchSink& operator=(const HttpBatchSink&) = delete;

    void start() { delivery_.start(); }

    void consume(const SpanBatch& batch) {
        detail::BatchDelivery::Assembly body(delivery_, batch);
        if (!body.isWanted()) return;
        for (const SpanView span : batch) {
            do {
                if (!body.isOpen()) {
                    body.begin();
                    encoding_.open(body.text(), batch.resource());
                    body.opened();
                }
                encoding_.append(body.text(), span);
            } while (!body.accept());
        }
    }

    [[nodiscard]] bool flush(Deadline deadline) {
        return flush(deadline, [] { return true; });
    }
    [[nodiscard]] bool flush(Deadline deadline, const Meanwhile& meanwhile) {
        return delivery_.flush(deadline, meanwhile);
    }
    [[nodiscard]] bool isOwnThread() const { return delivery_.isOwnThread(); }
    void purge() { delivery_.purge(); }

    [[nodiscard]] SIDESPAN_COLD bool shutdown(Deadline deadline) {
        const bool isDelivered = delivery_.finish(deadline);
        const bool isStopped = client_.shutdown(deadline);
        delivery_.leave();
        return isDelivered && isStopped;
    }

    [[nodiscard]] SinkStats stats() const { return delivery_.stats(); }

    /// Exactly the body that the next request would have; empty when there is nothing to send. Any thread.
    [[nodiscard]] std::string preview() { return delivery_.preview(); }

    /// Tells the server, with every batch from now on, what has been lost on the way to this sink. [drain
    /// thread]
    void noteUpstreamLosses(const DropCounts& losses) { delivery_.noteUpstreamLosses(losses); }

    /// For a new token, or to share the connection.
    [[nodiscard]] Client& client() noexcept { return client_; }

private:
    [[nodiscard]] detail::BatchDelivery::Format format() {
        return {Encoding::contentType, Encoding::path, [this](TextBuffer& out) { encoding_.close(out); }};
    }

    Encoding encoding_;
    Client client_;
    detail::BatchDelivery delivery_;
};

}
