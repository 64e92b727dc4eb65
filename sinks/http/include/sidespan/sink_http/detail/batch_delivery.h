#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan/config.h>
#include <sidespan/deadline.h>
#include <sidespan/network/detail/request_source.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/sink_http/detail/encoded_spans.h>
#include <sidespan/span_batch.h>
#include <sidespan/stats.h>

namespace sidespan::inline v0::detail {

/// The part of HttpBatchSink that does not depend on its encoding. It gathers encoded spans into batches,
/// keeps them in the outbox, and has the client's worker send them until the server has them. Spans for which
/// there is no memory are dropped and counted (sinkFailed).
///
/// All calls come from the drain thread, except `stats()`, `waitingBytes()`, `preview()` and `isOwnThread()`.
class BatchDelivery {
public:
    /// What an encoding says about its bodies.
    struct Format {
        std::string_view contentType;
        std::string_view path;
        bool isOtlp = false;               // answers follow OTLP/HTTP
        std::string_view separator = ",";  // before every span of a body but the first
        /// Corrects the lengths in a body that was assembled from parts of others. Null if bodies contain no
        /// lengths.
        void (*fixLengths)(char* body, std::size_t size) noexcept = nullptr;
        bool hasOwnClock = true;  // this machine's clock has dated the spans
    };

    /// Returns an error if the configuration lacks something that the http sink needs.
    [[nodiscard]] static std::optional<Error> checkConfig(const Config& config);

    /// Touches nothing outside memory. The runner must outlive this object.
    BatchDelivery(const ValidConfig& config, RequestRunner& runner, const Format& format);
    ~BatchDelivery();

    /// The spans of one `consume()`. Those that add() has not taken when this is destroyed are lost.
    class Intake {
    public:
        Intake(BatchDelivery& delivery, const SpanBatch& batch)
            : Intake(delivery, batch.size(), batch.consentEpoch()) {}
        Intake(BatchDelivery& delivery, std::size_t spans, ConsentEpoch consentEpoch);
        ~Intake();
        Intake(const Intake&) = delete;
        Intake& operator=(const Intake&) = delete;

        /// False if nothing may be recorded. Then the spans have been counted, and need not be encoded.
        [[nodiscard]] bool isWanted() const noexcept { return isWanted_; }
        /// Takes some of the spans.
        void add(const EncodedSpans& spans) noexcept;

    private:
        BatchDelivery& delivery_;
        std::size_t left_;  // not taken yet
        ConsentEpoch consentEpoch_;
        bool isWanted_ = true;
    };

    void start() noexcept;
    [[nodiscard]] bool flush(Deadline deadline, const Meanwhile& meanwhile) noexcept;
    [[nodiscard]] bool isOwnThread() const noexcept;
    void purge() noexcept;
    /// Sends what can be sent until the deadline. The caller then shuts the runner down and calls leave().
    [[nodiscard]] bool finish(Deadline deadline) noexcept;
    /// Nothing more will be sent: counts what is only in memory as lost.
    void leave() noexcept;
    /// Sets what others have lost on the way to this sink, which batches report to the server.
    void noteUpstreamLosses(const DropCounts& losses) noexcept;

    [[nodiscard]] SinkStats stats() const noexcept;
    /// Bytes that wait in the outbox: the size of each body plus 1 KiB. Any thread.
    [[nodiscard]] std::size_t waitingBytes() const noexcept;
    [[nodiscard]] std::string preview();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}
