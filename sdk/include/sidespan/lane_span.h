#pragma once

#include <cstddef>
#include <cstdint>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/lane/lane_core.h>
#include <sidespan/detail/record/span_operations.h>
#include <sidespan/literal.h>

namespace sidespan::inline v0 {

template <ClockPolicy Clock>
class BasicLane;

namespace detail {

/// Where the items of one span on a lane go (a Room of the item writer).
struct LaneRoom {
    static constexpr bool neverRefuses = true;
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::byte* reserve(std::size_t size) noexcept {
        return ring.reserve(size);
    }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint32_t depth() const noexcept { return ownerDepth; }
    [[nodiscard]] static std::size_t room() noexcept { return 16 + maxTextBytes; }
    static void openStatusRoom() noexcept {}
    static void refused(Part) noexcept {}

    LaneRing& ring;
    std::uint32_t ownerDepth;
};

inline constexpr std::uint8_t laneRootFlags =
    traceFromCounterFlag | static_cast<std::uint8_t>(static_cast<unsigned>(SpanKind::internal) << kindShift);
inline constexpr auto laneRootTraceFlags =
    static_cast<std::uint8_t>(TraceFlags::sampled | TraceFlags::random);

}

/// A span on a lane, open for as long as this handle is in scope; it writes straight into the lane's ring.
/// The outermost one gives everything to the drain thread when it ends; what is still open within it then is
/// as long as it was when it began, and records nothing more.
///
/// [audio thread] wait-free: no lock, allocation, system call, thread_local or exception, and bounded time.
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

    /// A span within this one; not recorded, and counted, beyond 200 that are open at once. This one must be
    /// a variable: a temporary would end before its child.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE BasicLaneSpan
    child(Literal name) const& noexcept SIDESPAN_NONBLOCKING {
        if (!isOpen()) [[unlikely]]
            return BasicLaneSpan();
        return within(*core_, name, Parent::of(item_));
    }
    BasicLaneSpan child(Literal name) const&& = delete;

    /// What names this span to other threads and processes; not valid when it is not recorded, any more or at
    /// all, or when the lane has no room for it. Asking for it makes sure that the block it is in is kept.
    [[nodiscard]] SpanContext context() const noexcept SIDESPAN_NONBLOCKING {
        if (!isOpen() || !core_->pin()) return {};
        const auto item = detail::loadAt<detail::SpanItem>(item_);
        const bool isOwnTrace = (item.word.flags() & detail::traceFromCounterFlag) != 0;
        return {isOwnTrace ? core_->keys.traceId(item.traceHigh) : TraceId(item.traceHigh, item.traceLow),
                core_->keys.spanId(item.spanId), static_cast<TraceFlags>(item.word.length()), false};
    }

    [[nodiscard]] bool isRecording() const noexcept { return isOpen(); }

private:
    friend class BasicLane<Clock>;
    template <ClockPolicy>
    friend class BasicBlockSpan;
    friend class detail::SpanOperations<BasicLaneSpan>;

    // Whose child a span is, as its item says it.
    struct Parent {
        std::uint64_t id;
        std::uint64_t traceHigh;
        std::uint64_t traceLow;
        std::uint8_t flags;
        std::uint8_t traceFlags;

        static SIDESPAN_ALWAYS_INLINE Parent of(const std::byte* item) noexcept {
            const auto word = detail::wordAt(item);
            const auto load = [item](std::size_t at) { return detail::loadAt<std::uint64_t>(item + at); };
            return {load(offsetof(detail::SpanItem, spanId)), load(offsetof(detail::SpanItem, traceHigh)),
                    load(offsetof(detail::SpanItem, traceLow)),
                    childFlags(word.flags() & detail::traceFromCounterFlag),
                    static_cast<std::uint8_t>(word.length())};
        }
        static SIDESPAN_ALWAYS_INLINE Parent ofRoot(std::uint64_t counter) noexcept {
            return {counter, counter, 0, childFlags(detail::traceFromCounterFlag),
                    detail::laneRootTraceFlags};
        }
        static Parent of(const SpanContext& remote) noexcept {
            return {remote.spanId.value(), remote.traceId.high(), remote.traceId.low(),
                    detail::withKind(remote.isRemote ? detail::remoteParentFlag : std::uint8_t{0},
                                     SpanKind::internal),
                    static_cast<std::uint8_t>(remote.flags | TraceFlags::sampled)};
        }
        static constexpr std::uint8_t childFlags(unsigned traceFlag) noexcept {
            return detail::withKind(static_cast<std::uint8_t>(traceFlag | detail::parentFromCounterFlag),
                                    SpanKind::internal);
        }
    };

    // Not recorded.
    BasicLaneSpan() noexcept : core_(nullptr), item_(nullptr), depth_(0), place_(0) {}

    // A root, once the ring's head has been acquired.
    SIDESPAN_ALWAYS_INLINE BasicLaneSpan(Core& core, Literal name, std::uint64_t start) noexcept
        : core_(&core), item_(core.ring.reserve(sizeof(detail::SpanItem))), depth_(0), place_(0) {
        const std::uint64_t counter = core.ring.nextCounter();
        open(name, start, counter, {0, counter, 0, detail::laneRootFlags, detail::laneRootTraceFlags});
    }
    // The child of a span elsewhere, likewise, or one within this ring's, whose place is given.
    SIDESPAN_ALWAYS_INLINE BasicLaneSpan(Core& core, Literal name, std::uint64_t start, const Parent& parent,
                                         std::uint32_t depth, detail::LaneRing::Place place) noexcept
        : core_(&core), item_(core.ring.reserve(sizeof(detail::SpanItem))), depth_(depth), place_(place) {
        open(name, start, core.ring.nextCounter(), parent);
        detail::storeAt(item_ + offsetof(detail::SpanItem, end), start);
    }

    SIDESPAN_ALWAYS_INLINE void open(Literal name, std::uint64_t start, std::uint64_t counter,
                                     const Parent& parent) noexcept {
        using detail::SpanItem;
        const auto word = detail::ItemWord::make(detail::ItemType::span, depth_, sizeof(SpanItem),
                                                 parent.traceFlags, name.size(), parent.flags);
        detail::storeAt(item_ + offsetof(SpanItem, word), word);
        detail::storeAt(item_ + offsetof(SpanItem, name), name.data());
        detail::storeAt(item_ + offsetof(SpanItem, start), start);
        detail::storeAt(item_ + offsetof(SpanItem, spanId), counter);
        detail::storeAt(item_ + offsetof(SpanItem, parentId), parent.id);
        detail::storeAt(item_ + offsetof(SpanItem, traceHigh), parent.traceHigh);
        detail::storeAt(item_ + offsetof(SpanItem, traceLow), parent.traceLow);
    }

    // Within one that is open. Its end is its beginning until it is written.
    static SIDESPAN_ALWAYS_INLINE BasicLaneSpan within(Core& core, Literal name,
                                                       const Parent& parent) noexcept {
        const auto place = core.ring.enter();
        const std::uint32_t depth = detail::LaneRing::depthOf(place);
        if (depth > detail::LaneRing::deepest) [[unlikely]] {
            core.ring.leave(place);
            core.ring.countTooDeep();
            return BasicLaneSpan();
        }
        return BasicLaneSpan(core, name, core.clock.now(), parent, depth, place);
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
