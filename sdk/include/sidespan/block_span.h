#pragma once

#include <cstddef>
#include <cstdint>

#include <sidespan/lane_span.h>

namespace sidespan::inline v0 {

/// The span of one audio block, "audio.block". It knows the block's deadline and decides at its end whether
/// it is kept with its children or discarded (LaneOptions). Its load is counted in both cases. A kept block
/// has `audio.block.samples`, `audio.block.budget_us` and `audio.block.load`.
///
/// [audio thread] Wait-free, as BasicLaneSpan.
template <ClockPolicy Clock>
class [[nodiscard]] BasicBlockSpan : public detail::SpanOperations<BasicBlockSpan<Clock>> {
    using Core = detail::LaneCore<Clock>;
    using LaneSpan = BasicLaneSpan<Clock>;

public:
    BasicBlockSpan(const BasicBlockSpan&) = delete;
    BasicBlockSpan& operator=(const BasicBlockSpan&) = delete;

    SIDESPAN_ALWAYS_INLINE ~BasicBlockSpan() noexcept SIDESPAN_NONBLOCKING {
        if (core_ == nullptr) return;
        const std::uint64_t end = core_->clock.now();
        if (isWanted(end)) [[unlikely]] {
            keep(end);
        } else {
            core_->ring.rewind();
        }
    }

    /// A span within this block. The block must be a variable: a temporary would end before its child.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE LaneSpan child(Literal name) const& noexcept SIDESPAN_NONBLOCKING {
        if (core_ == nullptr) [[unlikely]]
            return LaneSpan();
        return LaneSpan::within(*core_, name, detail::SpanIdentity::block(counter_));
    }
    LaneSpan child(Literal name) const&& = delete;

    /// Identifies this block to other threads and processes. A call also makes sure that the block is kept,
    /// if it is sampled.
    [[nodiscard]] SpanContext context() const noexcept SIDESPAN_NONBLOCKING {
        return core_ == nullptr ? SpanContext() : core_->contextOf(detail::SpanIdentity::block(counter_));
    }

    /// Also false once it is known that the block is not sampled.
    [[nodiscard]] bool isRecording() const noexcept { return core_ != nullptr && core_->ring.isSampled(); }

private:
    friend class BasicLane<Clock>;
    friend class detail::SpanOperations<BasicBlockSpan>;

    BasicBlockSpan() noexcept : core_(nullptr) {}

    // Once the ring's head has been acquired. The head of the span is written only if it is kept.
    SIDESPAN_ALWAYS_INLINE BasicBlockSpan(Core& core, std::uint64_t start, std::uint32_t samples,
                                          bool isNonRealtime) noexcept
        : core_(&core), item_(core.ring.reserveHead()), counter_(core.ring.nextCounter()), start_(start) {
        // While the processor waits for the clock it has time for the block before.
        if (core.pendingLoad != noLoad) core.loads.add(core.pendingLoad);
        core.pendingLoad = noLoad;
        core.rules.unpin();
        core.rules.setSamples(samples);
        isJudged_ = !isNonRealtime && core.rules.budget() != 0;
    }

    SIDESPAN_ALWAYS_INLINE bool isWanted(std::uint64_t end) noexcept {
        auto& rules = core_->rules;
        const std::uint64_t elapsed = end > start_ ? end - start_ : 0;  // the clock may have been set back
        bool isWanted = rules.isPinned();
        isWanted |= rules.keepsAll();
        if (isJudged_) [[likely]] {
            core_->pendingLoad = rules.loadOf(elapsed);
            isWanted |= rules.isOverLoad(elapsed);
        }
        isWanted |= rules.isNth();
        return isWanted;
    }

    void keep(std::uint64_t end) noexcept {
        using namespace detail;
        if (!core_->rules.takeToken(end) && !core_->keepsAtLast(counter_, end))
            return core_->ring.isSampled() ? core_->ring.rewind() : core_->ring.publish();
        BlockItem block{ItemWord::make(ItemType::block, 0, sizeof(BlockItem)), core_->rules.samples(),
                        core_->rules.budget()};
        storeAt(core_->ring.reserve(sizeof block), block);
        const auto identity = SpanIdentity::root(counter_);
        const auto word = ItemWord::make(ItemType::span, 0, sizeof(SpanItem), identity.traceFlags,
                                         blockName.size(), flags_);
        storeAt(item_ + offsetof(SpanItem, word), word);
        storeAt(item_ + offsetof(SpanItem, name), blockName.data());
        storeAt(item_ + offsetof(SpanItem, start), start_);
        storeAt(item_ + offsetof(SpanItem, end), end);
        identity.store(item_);
        core_->ring.publish();
    }

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint64_t now() const noexcept {
        return core_ == nullptr ? 0 : core_->clock.now();
    }
    template <class F>
    SIDESPAN_ALWAYS_INLINE void write(F&& f) noexcept {
        if (core_ == nullptr) return;
        detail::LaneRoom room{core_->ring, 0};
        f(room);
    }
    template <class Change>
    SIDESPAN_ALWAYS_INLINE void changeFlags(Change&& change) noexcept {
        flags_ = change(flags_);
    }

    static constexpr Literal blockName{"audio.block"};
    static constexpr std::uint64_t noLoad = Core::noLoad;

    Core* core_;
    std::byte* item_ = nullptr;
    std::uint64_t counter_ = 0;
    std::uint64_t start_ = 0;
    std::uint8_t flags_ = detail::SpanIdentity::root(0).flags;
    bool isJudged_ = true;
};

}
