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
        bool isOtlp = false;               // answers mean what OTLP/HTTP says
        std::string_view separator = ",";  // before every span of a body but the first
        /// For a body that was put together from the parts of others, where a body says how long it is.
        void (*fixLengths)(char* body, std::size_t size) noexcept = nullptr;
        bool hasOwnClock = true;  // whether this machine's clock has dated the spans
    };

    /// What the http sink needs of a configuration, and this one lacks.
    [[nodiscard]] static std::optional<Error> checkConfig(const Config& config);

    /// Touches nothing outside memory. The runner is there for as long as this is used.
    BatchDelivery(const ValidConfig& config, RequestRunner& runner, const Format& format);
    ~BatchDelivery();

    /// The spans of one `consume()` on their way in. Those that are not handed on by its end are lost.
    class Intake {
    public:
        Intake(BatchDelivery& delivery, const SpanBatch& batch)
            : Intake(delivery, batch.size(), batch.consentEpoch()) {}
        Intake(BatchDelivery& delivery, std::size_t spans, ConsentEpoch consentEpoch);
        ~Intake();
        Intake(const Intake&) = delete;
        Intake& operator=(const Intake&) = delete;

        /// False when nothing may be recorded: the spans have been counted, and there is nothing to encode.
        [[nodiscard]] bool isWanted() const noexcept { return isWanted_; }
        /// Takes some of the spans.
        void add(const EncodedSpans& spans) noexcept;

    private:
        BatchDelivery& delivery_;
        std::size_t left_;  // not handed on yet
        ConsentEpoch consentEpoch_;
        bool isWanted_ = true;
    };

    void start() noexcept;
    [[nodiscard]] bool flush(Deadline deadline, const Meanwhile& meanwhile) noexcept;
    [[nodiscard]] bool isOwnThread() const noexcept;
    void purge() noexcept;
    /// Sends what can be sent until then; afterwards the runner is to be shut down, and then leave() called.
    [[nodiscard]] bool finish(Deadline deadline) noexcept;
    /// Counts what is still in memory as lost: nothing will be sent any more.
    void leave() noexcept;
    /// What others on the way here have lost so far, for the server to know.
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
