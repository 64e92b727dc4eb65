#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <sidespan/block_span.h>
#include <sidespan/detail/lane/lane_core.h>
#include <sidespan/lane_options.h>
#include <sidespan/lane_span.h>
#include <sidespan/policy/lock_policy.h>
#include <sidespan/policy/sink_policy.h>

namespace sidespan::inline v0 {

/// Records for one producer at a time: the audio callback. Opened by `Recorder::openLane()` when the host
/// prepares to play, used from whichever thread calls back, closed by its destructor. It may outlive the
/// recorder; its spans must end while one of the two exists.
///
/// What is recorded within one outermost span arrives as a whole. If the ring has no room, none of it
/// arrives, and the span is counted. A lane never starts a thread; recording begins once consent is granted.
template <ClockPolicy Clock>
class BasicLane {
    using Core = detail::LaneCore<Clock>;

public:
    using Span = BasicLaneSpan<Clock>;
    using BlockSpan = BasicBlockSpan<Clock>;

    /// A closed lane: records nothing.
    BasicLane() noexcept = default;
    BasicLane(BasicLane&&) noexcept = default;
    BasicLane& operator=(BasicLane&& other) noexcept {
        if (this != &other) {
            close();
            core_ = std::move(other.core_);
        }
        return *this;
    }
    ~BasicLane() { close(); }

    /// Records nothing more; what was published still arrives. [not the audio thread]
    SIDESPAN_COLD void close() noexcept {
        if (!core_) return;
        if (core_->pendingLoad != Core::noLoad)
            core_->loads.add(std::exchange(core_->pendingLoad, Core::noLoad));
        core_->isClosed.store(true, std::memory_order_release);
        core_.reset();
    }

    /// Begins an outermost span: a root, or a child of `parent` if that is valid. While another one is open
    /// on this lane, on any thread, nothing is recorded, and the misuse is counted. [audio thread] Wait-free.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE Span span(Literal name) noexcept SIDESPAN_NONBLOCKING {
        std::uint64_t start = 0;
        if (!acquire<true>(start)) [[unlikely]]
            return Span();
        return Span(*core_, name, start, [](std::uint64_t counter) SIDESPAN_INLINE_LAMBDA {
            return detail::SpanIdentity::root(counter);
        });
    }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE Span span(Literal name,
                                                   const SpanContext& parent) noexcept SIDESPAN_NONBLOCKING {
        if (!parent.isValid()) return span(name);
        std::uint64_t start = 0;
        if (!acquire<false>(start)) [[unlikely]]
            return Span();
        const bool isSampled = core_->samplesChildOf(parent, start);
        return Span(*core_, name, start, [&](std::uint64_t counter) SIDESPAN_INLINE_LAMBDA {
            return detail::SpanIdentity::childOf(parent, counter, isSampled);
        });
    }

    /// Begins the span of an audio block of `samples` frames. `isNonRealtime` says that the host renders
    /// offline; such a block has no deadline. [audio thread] Wait-free.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE BlockSpan
    block(int samples, bool isNonRealtime = false) noexcept SIDESPAN_NONBLOCKING {
        std::uint64_t start = 0;
        if (!acquire<false>(start)) [[unlikely]]
            return BlockSpan();
        return BlockSpan(*core_, start, samples > 0 ? static_cast<std::uint32_t>(samples) : 0, isNonRealtime);
    }

    /// Keeps every block while on, as far as `LaneOptions::maxKeptPerSecond` allows. [any thread] Wait-free.
    void keepAll(bool isOn) noexcept {
        if (core_) core_->rules.keepAll(isOn);
    }

    /// How often an outermost span was begun while another was open. [any thread] Wait-free.
    [[nodiscard]] std::uint64_t misuses() const noexcept { return core_ ? core_->ring.misuses() : 0; }

    [[nodiscard]] bool isOpen() const noexcept { return core_ != nullptr; }

private:
    template <ClockPolicy, SinkPolicy, LockPolicy>
    friend class Recorder;
    explicit BasicLane(std::shared_ptr<Core> core) noexcept : core_(std::move(core)) {}

    // The clock is read first: taking the ring's head waits for earlier writes, which finish in the meantime.
    // The sampler is asked for a root that is not a block.
    template <bool isForRoot>
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE bool acquire(std::uint64_t& start) noexcept {
        Core* const core = core_.get();
        if (core == nullptr) return false;
        const ConsentEpoch epoch = core->openEpoch();
        if (!epoch.isValid()) return false;
        start = core->clock.now();
        return core->ring.acquire(epoch, [core, &start]() SIDESPAN_INLINE_LAMBDA {
            start = core->prepareOutermost(isForRoot, start);
        });
    }

    std::shared_ptr<Core> core_;
};

}
