#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include <sidespan/config.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/encoding/span_encoding.h>
#include <sidespan/network/network_client.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/sink_http/detail/batch_delivery.h>
#include <sidespan/span_batch.h>

namespace sidespan::inline v0 {

/// A sink that posts spans to a server. It encodes them into batches (`config.batch`), keeps these in the
/// outbox (`config.outbox`) until the server has answered for them, and retries (`config.retry`). A batch has
/// the same `Idempotency-Key` in every attempt. A batch that is too large for the server is sent in parts,
/// and later batches are no larger than the server accepts.
///
/// Spans are encoded once and may be moved to another body. Therefore an encoding has these static members if
/// it needs them: `separator`, if its spans are not separated by a comma; `fixLengths(char* body, std::size_t
/// size)`, which writes the lengths again, if its bodies contain lengths; `isOtlp`, true if its server
/// answers by OTLP/HTTP; and `toText(body)`, which converts a body for `preview()`, if its bodies are not
/// text.
///
/// `flush()` returns true when no earlier span waits any more: each was accepted, refused or dropped. Models
/// SinkPolicy.
template <SpanEncoding Encoding>
class HttpBatchSink {
public:
    /// Needs `Config::endpoint`.
    [[nodiscard]] static std::optional<Error>(check)(const Config& config) {
        return detail::BatchDelivery::checkConfig(config);
    }
    SIDESPAN_COLD explicit HttpBatchSink(const ValidConfig& config)
        : encoding_(makeEncoding(*config)), client_(config), delivery_(config, client_.runner(), format()) {}
    /// With parts for the client, such as a transport for tests.
    HttpBatchSink(const ValidConfig& config, NetworkClient::Parts parts)
        : encoding_(makeEncoding(*config)),
          client_(config, std::move(parts)),
          delivery_(config, client_.runner(), format()) {}
    /// Shuts down without waiting for anything to be sent.
    SIDESPAN_COLD ~HttpBatchSink() { static_cast<void>(shutdown(deadlineIn({}))); }
    HttpBatchSink(const HttpBatchSink&) = delete;
    HttpBatchSink& operator=(const HttpBatchSink&) = delete;

    /// Loads the libraries that sending needs.
    void prepare() noexcept { client_.runner().prepare(); }
    void start() { delivery_.start(); }

    void consume(const SpanBatch& batch) {
        detail::BatchDelivery::Intake intake(delivery_, batch);
        if (!intake.isWanted()) return;
        try {
            encode(batch, intake);
        } catch (const std::exception&) {  // no memory: the intake counts what is lost
            encoded_.clear();
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

    /// The body of the next request, to the byte if it is text. OTLP in protobuf is shown as OTLP in JSON.
    /// Empty if there is nothing to send. A span is in it when the drain thread has taken it:
    /// `Config::queue.drainInterval` (20 ms) after its end, or ten times that if no span came for two
    /// seconds; with `LOCK none`, when the queue is half full or a flush() could not send it. Nothing is
    /// recorded before consent is granted, so a dialog that asks for it needs an example to show. Does not
    /// wait. [any thread]
    [[nodiscard]] std::string preview() {
        auto body = delivery_.preview();
        if constexpr (requires { Encoding::toText(body); }) body = Encoding::toText(body);
        return body;
    }

    /// From now on every batch reports to the server what was lost on the way to this sink. [drain thread]
    void noteUpstreamLosses(const DropCounts& losses) { delivery_.noteUpstreamLosses(losses); }

    /// The client: to set a new token, or to share the connection.
    [[nodiscard]] NetworkClient& client() noexcept { return client_; }

private:
    [[nodiscard]] static constexpr detail::BatchDelivery::Format format() {
        detail::BatchDelivery::Format format{Encoding::contentType, Encoding::path};
        if constexpr (requires { Encoding::isOtlp; }) format.isOtlp = Encoding::isOtlp;
        if constexpr (requires { Encoding::separator; }) format.separator = Encoding::separator;
        if constexpr (requires(char* body) { Encoding::fixLengths(body, std::size_t{}); })
            format.fixLengths = &Encoding::fixLengths;
        return format;
    }

    [[nodiscard]] static Encoding makeEncoding(const Config& config) {
        if constexpr (std::constructible_from<Encoding, const Config&>) {
            return Encoding(config);
        } else {
            return Encoding();
        }
    }

    void encode(const SpanBatch& batch, detail::BatchDelivery::Intake& intake) {
        constexpr std::size_t handOnBeyond = std::size_t{256} << 10U;
        auto& text = encoded_.text();
        for (const SpanView span : batch) {
            if (encoded_.isEmpty()) {
                encoding_.open(text, batch.resource());
                encoded_.endHead();
            }
            encoding_.append(text, span);
            encoded_.endSpan();
            if (text.size() >= handOnBeyond) handOn(intake);
        }
        if (!encoded_.isEmpty()) handOn(intake);
    }
    void handOn(detail::BatchDelivery::Intake& intake) {
        encoding_.close(encoded_.text());
        intake.add(encoded_);
        encoded_.clear();
    }

    Encoding encoding_;
    detail::EncodedSpans encoded_;
    NetworkClient client_;
    detail::BatchDelivery delivery_;
};

}
