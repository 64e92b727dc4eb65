#pragma once

#include <cstddef>
#include <cstdint>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/record/id_keys.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/span_context.h>

namespace sidespan::inline v0::detail {

/// Which span it is, whose child, and in which trace, as its record says it: ids are counters of IdKeys until
/// the drain thread replaces them, unless a flag says that they came from outside.
struct SpanIdentity {
    std::uint64_t spanId;  // a counter
    std::uint64_t parentId;
    std::uint64_t traceHigh;
    std::uint64_t traceLow;
    std::uint8_t flags;  // of the span item
    std::uint8_t traceFlags;

    /// Begins a trace.
    [[nodiscard]] static SIDESPAN_ALWAYS_INLINE constexpr SpanIdentity root(std::uint64_t counter) noexcept {
        return {counter, 0, counter, 0, ofKind(traceFromCounterFlag), rootTraceFlags};
    }
    /// A child of `parent`, which is valid.
    [[nodiscard]] static SIDESPAN_ALWAYS_INLINE constexpr SpanIdentity childOf(const SpanContext& parent,
                                                                               std::uint64_t counter,
                                                                               bool isSampled) noexcept {
        return {counter,
                parent.spanId.value(),
                parent.traceId.high(),
                parent.traceId.low(),
                ofKind(parent.isRemote ? remoteParentFlag : std::uint8_t{0}),
                withSampled(withoutBlock(static_cast<std::uint8_t>(parent.flags)), isSampled)};
    }
    [[nodiscard]] static SIDESPAN_ALWAYS_INLINE constexpr SpanIdentity childOf(
        const SpanIdentity& parent, std::uint64_t counter) noexcept {
        return {counter,
                parent.spanId,
                parent.traceHigh,
                parent.traceLow,
                ofKind((parent.flags & traceFromCounterFlag) | parentFromCounterFlag),
                parent.traceFlags};
    }

    /// What names the span to others.
    [[nodiscard]] SpanContext context(const IdKeys& keys) const noexcept {
        return {isOwnTrace() ? keys.traceId(traceHigh) : TraceId(traceHigh, traceLow), keys.spanId(spanId),
                static_cast<TraceFlags>(traceFlags), false};
    }

    [[nodiscard]] bool isOwnTrace() const noexcept { return (flags & traceFromCounterFlag) != 0; }
    [[nodiscard]] SpanId parentSpanId(const IdKeys& keys) const noexcept {
        return (flags & parentFromCounterFlag) != 0 ? keys.spanId(parentId) : SpanId(parentId);
    }

    /// Writes all but the flags, which are in the word of the span item at `item`: a field at a time, since
    /// reading back what was just built elsewhere would wait for it.
    SIDESPAN_ALWAYS_INLINE void store(std::byte* item) const noexcept {
        storeAt(item + offsetof(SpanItem, spanId), spanId);
        storeAt(item + offsetof(SpanItem, parentId), parentId);
        storeAt(item + offsetof(SpanItem, traceHigh), traceHigh);
        storeAt(item + offsetof(SpanItem, traceLow), traceLow);
    }
    /// Of a span item whose times may not be written yet.
    [[nodiscard]] static SIDESPAN_ALWAYS_INLINE SpanIdentity load(const std::byte* item) noexcept {
        const auto at = [item](std::size_t field) { return loadAt<std::uint64_t>(item + field); };
        const ItemWord word = wordAt(item);
        return {at(offsetof(SpanItem, spanId)),
                at(offsetof(SpanItem, parentId)),
                at(offsetof(SpanItem, traceHigh)),
                at(offsetof(SpanItem, traceLow)),
                word.flags(),
                static_cast<std::uint8_t>(word.length())};
    }

    /// The root of a block. The sampler has not been asked for it yet. Its children mark this with a bit of
    /// the trace flags that no record contains.
    [[nodiscard]] static SIDESPAN_ALWAYS_INLINE constexpr SpanIdentity block(std::uint64_t counter) noexcept {
        auto identity = root(counter);
        identity.traceFlags |= inBlockFlag;
        return identity;
    }
    [[nodiscard]] constexpr bool isInBlock() const noexcept { return (traceFlags & inBlockFlag) != 0; }
    [[nodiscard]] static constexpr std::uint8_t withoutBlock(std::uint8_t traceFlags) noexcept {
        return traceFlags & static_cast<std::uint8_t>(~unsigned{inBlockFlag});
    }

    [[nodiscard]] static constexpr std::uint8_t withSampled(std::uint8_t traceFlags,
                                                            bool isSampled) noexcept {
        constexpr auto sampled = static_cast<unsigned>(TraceFlags::sampled);
        return static_cast<std::uint8_t>((traceFlags & ~sampled) | (isSampled ? sampled : 0));
    }

    /// Without the flag `random`, although our ids are random: servers in use, such as those on OpenTelemetry
    /// for Go before level 2, ignore a header of version 00 with flags above 01.
    static constexpr auto rootTraceFlags = static_cast<std::uint8_t>(TraceFlags::sampled);

private:
    static constexpr std::uint8_t inBlockFlag = 0x80;

    static constexpr std::uint8_t ofKind(unsigned flags) noexcept {
        return static_cast<std::uint8_t>(flags | static_cast<unsigned>(SpanKind::internal) << kindShift);
    }
};

}
