#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <sidespan/config.h>
#include <sidespan/sink_http/detail/batch_delivery.h>

#include "delivery/body_size_limit.h"
#include "outbox/outbox.h"

namespace sidespan::inline v0::detail {

/// Builds the current body. Takes spans until the batch is full by count, bytes or age, or the wall clock is
/// set, and then hands it to the outbox. Its mutex guards everything but `dueAt`.
class Assembler {
public:
    using Time = DeliveryClock::Time;

    Assembler(const ValidConfig& config, DeliveryClock& clock, const BatchDelivery::Format& format,
              const BodySizeLimit& limit, Outbox& outbox);

    [[nodiscard]] std::mutex& mutex() noexcept { return mutex_; }
    /// Whether a body was begun or closed since the last time.
    [[nodiscard]] bool takeNews() noexcept { return std::exchange(hasNews_, false); }
    /// Takes every span, or has the outbox count it as refused.
    void add(const EncodedSpans& spans, ConsentEpoch consentEpoch) noexcept;
    /// Closes the body if there is one, and hands it on.
    void close() noexcept;
    void closeIfDue(Time now) noexcept;
    /// Discards the body and counts its spans under `reason`.
    void discard(DropReason reason) noexcept;
    void discardIfOlderThan(ConsentEpoch consentEpoch) noexcept;
    /// The body that close() would hand on.
    [[nodiscard]] std::string preview() const;

    /// When the body is old enough to be closed; Time::max() if there is no body. Any thread, without the
    /// mutex.
    [[nodiscard]] Time dueAt() const noexcept {
        return Time(Time::duration(dueAt_.load(std::memory_order_acquire)));
    }

private:
    [[nodiscard]] bool isWallClockSet() const;
    void addOne(std::string_view span, const EncodedSpans& spans, ConsentEpoch consentEpoch);
    void begin(const EncodedSpans& spans, ConsentEpoch consentEpoch);
    void append(std::string_view span);
    void forget() noexcept;

    const ValidConfig& config_;
    DeliveryClock& clock_;
    const BatchDelivery::Format format_;
    const BodySizeLimit& limit_;
    Outbox& outbox_;
    std::mutex mutex_;
    std::unique_ptr<Batch> batch_;
    std::string tail_;  // what ends the body
    bool hasNews_ = false;
    std::atomic<Time::rep> dueAt_{Time::max().time_since_epoch().count()};
};

}
