#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <sidespan/config.h>
#include <sidespan/deadline.h>
#include <sidespan/encoding/text_buffer.h>
#include <sidespan/network/detail/request_source.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/span_batch.h>
#include <sidespan/stats.h>

namespace sidespan::inline v0::detail {

/// What HttpBatchSink does that does not depend on its encoding: gathers encoded spans into batches, keeps
/// them in the outbox, and gives them to the worker until the server has them.
///
/// Calls come from the drain thread, but for `stats()`, `preview()` and those of RequestSource.
class BatchDelivery final : public RequestSource {
public:
    /// What an encoding says about its bodies, and how it ends one.
    struct Format {
        std::string_view contentType;
        std::string_view path;
        std::function<void(TextBuffer&)> close;
    };

    /// Touches nothing outside memory. The runner is there for as long as this is used.
    BatchDelivery(const ValidConfig& config, RequestRunner& runner, Format format);
    ~BatchDelivery() override;

    /// The body into which the spans of one `consume()` go, for as long as it takes.
    class Assembly {
    public:
        Assembly(BatchDelivery& delivery, const SpanBatch& batch);
        ~Assembly();
        Assembly(const Assembly&) = delete;
        Assembly& operator=(const Assembly&) = delete;

        /// False when nothing may be recorded: the spans have been counted, and there is nothing to encode.
        [[nodiscard]] bool isWanted() const noexcept { return isWanted_; }
        /// False when there is no body yet: begin() one, have the encoding open it, and say so with opened().
        [[nodiscard]] bool isOpen() const noexcept { return text_ != nullptr; }
        void begin() noexcept;
        void opened() noexcept;
        /// Where to append.
        [[nodiscard]] TextBuffer& text() noexcept { return *text_; }
        /// A span has been appended. False when it was one too many: append it again to the next body.
        [[nodiscard]] bool accept() noexcept;

    private:
        BatchDelivery& delivery_;
        std::unique_lock<std::mutex> lock_;
        TextBuffer* text_ = nullptr;
        std::uint32_t consentEpoch_ = 0;
        bool isWanted_ = true;
        bool hasNews_ = false;  // for the worker
    };

    void start();
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
    [[nodiscard]] std::string preview();

    [[nodiscard]] std::optional<OutgoingRequest> next(DeliveryClock::Time now,
                                                      DeliveryClock::Time& askAgain) noexcept override;
    void finish(DeliveryResult result) noexcept override;
    void abandon() override {}
    [[nodiscard]] RequestBudget* budget() noexcept override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}
