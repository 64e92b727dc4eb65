#pragma once

#include <cstddef>
#include <cstdint>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/lane/lane_core.h>
#include <sidespan/detail/record/span_identity.h>
#include <sidespan/detail/record/span_operations.h>
#include <sidespan/literal.h>

namespace sidespan::inline v0 {

template <ClockPolicy Clock>
class BasicLane;

namespace detail {

/// Writes the items of one span on a lane into its ring (a Room of the item writer).
struct LaneRoom {
    static constexpr bool neverRefuses = true;
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::byte* reserve(std::size_t size) noexcept {
        return ring.reserve(size);
    }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint32_t depth() const noexcept { return ownerDepth; }
    [[nodiscard]] static std::size_t room() noexcept { return 16 + maxTextBytes; }
    static void openStatusRoom() noexcept {}
    // Too large for any record; the drain thread counts it.
    void refused(Part) noexcept {
        storeAt(ring.reserve(sizeof(ItemWord)), ItemWord::make(ItemType::skip, ownerDepth, sizeof(ItemWord)));
    }

    LaneRing& ring;
    std::uint32_t ownerDepth;
};

}

/// A span on a lane, open for as long as this handle is in scope; it writes straight into the lane's ring.
/// The end of the outermost span gives everything to the drain thread. Spans that are still open within it
/// then have the length zero and record nothing more.
///
/// [audio thread] Wait-free: no lock, allocation, system call, thread_local or exception, and bounded time.
template <ClockPolicy Clock>
class [[nodiscard]] BasicLaneSpan : public detail::SpanOperations<BasicLaneSpan<Clock>> {
    using Core = detail::LaneCore<Clock>;

public:
    BasicLaneSpan(const BasicLaneSpan&) = delete;
    BasicLaneSpan& operator=(const BasicLaneSpan&) = delete;

    SIDESPAN_ALWAYS_INLINE ~BasicLaneSpan() noexcept SIDESPAN_NONBLOCKING {
        if (core_ == nullptr) return;
        const std::uint64_t end = core_->clock.now();
        if (!isOpen()) [[unlikely]]
            return;
        detail::storeAt(item_ + offsetof(detail::SpanItem, end), end);
        depth_ == 0 ? core_->ring.publish() : core_->ring.leave(place_);
    }

    /// A span within this one. Beyond 200 that are open at once it is not recorded, but counted. This span
    /// must be a variable: a temporary would end before its child.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE BasicLaneSpan
    child(Literal name) const& noexcept SIDESPAN_NONBLOCKING {
        if (!isOpen()) [[unlikely]]
            return BasicLaneSpan();
        return within(*core_, name, detail::SpanIdentity::load(item_));
    }
    BasicLaneSpan child(Literal name) const&& = delete;

    /// Identifies this span to other threads and processes, sampled or not. Not valid without consent, after
    /// its end, or if the lane has no room for it. A call also makes sure that the block around the span is
    /// kept, if the block is sampled.
    [[nodiscard]] SpanContext context() const noexcept SIDESPAN_NONBLOCKING {
        return isOpen() ? core_->contextOf(detail::SpanIdentity::load(item_)) : SpanContext();
    }

    /// Also false for a span that is not sampled.
    [[nodiscard]] bool isRecording() const noexcept { return isOpen() && core_->ring.isSampled(); }

private:
    friend class BasicLane<Clock>;
    template <ClockPolicy>
    friend class BasicBlockSpan;
    friend class detail::SpanOperations<BasicLaneSpan>;

    // Not recorded.
    BasicLaneSpan() noexcept : core_(nullptr), item_(nullptr), depth_(0), place_(0) {}

    // The outermost one, once the ring's head has been acquired. `identify(counter)` gives its identity.
    template <class Identify>
    SIDESPAN_ALWAYS_INLINE BasicLaneSpan(Core& core, Literal name, std::uint64_t start,
                                         Identify identify) noexcept
        : core_(&core), item_(core.ring.reserveHead()), depth_(0), place_(0) {
        open(name, start, identify(core.ring.nextCounter()));
    }
    // One within, at its place in the ring.
    SIDESPAN_ALWAYS_INLINE BasicLaneSpan(Core& core, Literal name, const detail::SpanIdentity& parent,
                                         std::uint64_t start, detail::LaneRing::Place place) noexcept
        : core_(&core),
          item_(core.ring.reserveHead()),
          depth_(detail::LaneRing::depthOf(place)),
          place_(place) {
        open(name, start, detail::SpanIdentity::childOf(parent, core.ring.nextCounter()));
        detail::storeAt(item_ + offsetof(detail::SpanItem, end), start);
    }

    SIDESPAN_ALWAYS_INLINE void open(Literal name, std::uint64_t start,
                                     const detail::SpanIdentity& identity) noexcept {
        using detail::SpanItem;
        const auto word = detail::ItemWord::make(detail::ItemType::span, depth_, sizeof(SpanItem),
                                                 identity.traceFlags, name.size(), identity.flags);
        detail::storeAt(item_ + offsetof(SpanItem, word), word);
        detail::storeAt(item_ + offsetof(SpanItem, name), name.data());
        detail::storeAt(item_ + offsetof(SpanItem, start), start);
        identity.store(item_);
    }

    // Within one that is open. Its end is its beginning until it is written.
    static SIDESPAN_ALWAYS_INLINE BasicLaneSpan within(Core& core, Literal name,
                                                       const detail::SpanIdentity& parent) noexcept {
        const auto place = core.ring.enter();
        if (detail::LaneRing::depthOf(place) > detail::LaneRing::deepest) [[unlikely]] {
            core.ring.leave(place);
            core.ring.countTooDeep();
            return BasicLaneSpan();
        }
        return BasicLaneSpan(core, name, parent, core.clock.now(), place);
    }

    // The outermost one is for as long as its handle is there; of it the compiler knows the depth.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE bool isOpen() const noexcept {
        return core_ != nullptr && (depth_ == 0 || core_->ring.isOpen(place_));
    }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint64_t now() const noexcept {
        return core_ == nullptr ? 0 : core_->clock.now();
    }
    template <class F>
    SIDESPAN_ALWAYS_INLINE void write(F&& f) noexcept {
        if (!isOpen()) return;
        detail::LaneRoom room{core_->ring, depth_};
        f(room);
    }
    template <class Change>
    SIDESPAN_ALWAYS_INLINE void changeFlags(Change&& change) noexcept {
        if (!isOpen()) return;
        constexpr std::uint64_t below = (std::uint64_t{1} << 56U) - 1;
        const auto word = detail::wordAt(item_);
        const std::uint64_t flags = change(word.flags());
        detail::storeAt(item_, detail::ItemWord((word.bits() & below) | (flags << 56U)));
    }

    Core* core_;
    std::byte* item_;
    std::uint32_t depth_;
    detail::LaneRing::Place place_;
};

}
