#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <sidespan/attribute.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/record/array_writer.h>
#include <sidespan/detail/record/copy_text.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/detail/record/room.h>
#include <sidespan/span_context.h>
#include <sidespan/span_kind.h>
#include <sidespan/span_status.h>

namespace sidespan::inline v0::detail {

/// How text ends that was cut.
inline constexpr std::string_view cutMark = "\xe2\x80\xa6";  // U+2026, an ellipsis

/// Writes items where a `Room` finds room for them (detail/record/room.h).
namespace item_writer {

template <class Room>
SIDESPAN_COLD void writeCutText(Room& room, Literal key, std::string_view text, std::uint8_t flags) noexcept;

template <class Room>
SIDESPAN_ALWAYS_INLINE void storeText(Room& room, std::byte* at, Literal key, std::string_view text,
                                      std::uint8_t flags) noexcept {
    const std::size_t size = 16 + roundUpTo8(text.size());
    storeAt(at, ItemWord::make(ItemType::text, room.depth(), size, text.size(), key.size(), flags));
    storeAt(at + 8, key.data());
    copyText(at + 16, text);
}

template <class Room>
SIDESPAN_ALWAYS_INLINE void writeText(Room& room, Literal key, std::string_view text,
                                      std::uint8_t flags) noexcept {
    if (text.size() > maxTextBytes) [[unlikely]] {
        writeCutText(room, key, text, flags);
        return;
    }
    std::byte* at = room.reserve(16 + roundUpTo8(text.size()));
    if (isRefused<Room>(at)) [[unlikely]] {
        writeCutText(room, key, text, flags);
        return;
    }
    storeText(room, at, key, text, flags);
}

/// Text of at most `size` bytes, be it by being cut, and the mark that it was.
SIDESPAN_COLD inline std::size_t storeCut(std::byte* at, std::string_view text, std::size_t size) noexcept {
    const bool isCut = text.size() > size;
    if (isCut) text = cutText(text, size - cutMark.size());
    const auto end = std::copy(text.begin(), text.end(), reinterpret_cast<char*>(at));
    if (isCut) std::copy(cutMark.begin(), cutMark.end(), end);
    return text.size() + (isCut ? cutMark.size() : 0);
}

// As much of the text as there is room for; a few characters of it are no use to anybody.
template <class Room>
void writeCutText(Room& room, Literal key, std::string_view text, std::uint8_t flags) noexcept {
    constexpr std::size_t leastUseful = 16;
    const std::size_t left = room.room() & ~std::size_t{7U};
    const bool isOfPart = (flags & ofPartMask) != 0;
    if (left < 16 + leastUseful || (isOfPart && !Room::neverRefuses)) return room.refused(Part::attribute);
    std::byte* at = room.reserve(left);
    if (isRefused<Room>(at)) return;
    const std::size_t length = storeCut(at + 16, text, left - 16);
    storeAt(at, ItemWord::make(ItemType::text, room.depth(), left, length, key.size(), flags));
    storeAt(at + 8, key.data());
}

/// A whole number that no std::int64_t holds, as decimal text.
template <class Room>
SIDESPAN_COLD void writeLargeNumber(Room& room, Literal key, std::uint64_t number,
                                    std::uint8_t flags) noexcept {
    char digits[mostDecimalDigits];
    const std::string_view text = writeDecimal(digits, number);
    std::byte* at = take(room, 16 + roundUpTo8(text.size()), Part::attribute);
    if (!isRefused<Room>(at)) storeText(room, at, key, text, flags);
}

template <class Room, class V>
SIDESPAN_ALWAYS_INLINE void writeAttribute(Room& room, Literal key, const V& value,
                                           std::uint8_t flags = 0) noexcept(PlainAttributeValue<V>) {
    if constexpr (LazyAttributeValue<V> && !PlainAttributeValue<V>) {
        writeAttribute(room, key, value(), flags);
    } else if constexpr (Text<V>) {
        writeText(room, key, textOf(value), flags);
    } else if constexpr (ArrayValue<V>) {
        writeArray(room, key, std::data(value), static_cast<std::size_t>(std::size(value)), flags);
    } else if (isBeyondInt64(value)) [[unlikely]] {
        writeLargeNumber(room, key, static_cast<std::uint64_t>(value), flags);
    } else {
        std::byte* at = take(room, 24, Part::attribute);
        if (isRefused<Room>(at)) return;
        constexpr auto type = std::is_same_v<V, bool>       ? ItemType::boolean
                              : std::is_floating_point_v<V> ? ItemType::real
                                                            : ItemType::integer;
        storeAt(at, ItemWord::make(type, room.depth(), 24, 0, key.size(), flags));
        storeAt(at + 8, key.data());
        if constexpr (std::is_same_v<V, bool>) {
            storeAt(at + 16, static_cast<std::uint64_t>(value));
        } else if constexpr (std::is_floating_point_v<V>) {
            storeAt(at + 16, static_cast<double>(value));
        } else {
            storeAt(at + 16, static_cast<std::int64_t>(value));
        }
    }
}

/// When an event was: in ticks, or in Unix nanoseconds with givenTimeFlag.
struct EventTime {
    constexpr EventTime(std::uint64_t time, std::uint8_t timeFlags = 0) noexcept
        : value(time), flags(timeFlags) {}
    std::uint64_t value;
    std::uint8_t flags;
};

/// False when the event did not fit: then its attributes are not written either.
template <class Room, class... Vs>
SIDESPAN_ALWAYS_INLINE bool writeEvent(Room& room, Literal name, EventTime time,
                                       AttributeArgument<Vs>... attributes) noexcept {
    std::byte* at = take(room, 24, Part::event);
    if (isRefused<Room>(at)) return false;
    storeAt(at, ItemWord::make(ItemType::event, room.depth(), 24, 0, name.size(), time.flags));
    storeAt(at + 8, name.data());
    storeAt(at + 16, time.value);
    (writeAttribute(room, attributes.key, attributes.value, ofEventFlag), ...);
    return true;
}

/// A link with an invalid context is not written. If a link does not fit, its attributes are not written
/// either.
template <class Room, class... Vs>
SIDESPAN_ALWAYS_INLINE void writeLink(Room& room, const SpanContext& target,
                                      AttributeArgument<Vs>... attributes) noexcept {
    if (!target.isValid()) return;
    std::byte* at = take(room, 32, Part::link);
    if (isRefused<Room>(at)) return;
    const unsigned flags =
        static_cast<unsigned>(target.flags) | remoteKnownFlag | (target.isRemote ? remoteFlag : 0U);
    storeAt(at, ItemWord::make(ItemType::link, room.depth(), 32, flags));
    storeAt(at + 8, target.traceId.high());
    storeAt(at + 16, target.traceId.low());
    storeAt(at + 24, target.spanId.value());
    (writeAttribute(room, attributes.key, attributes.value, ofLinkFlag), ...);
}

inline constexpr Literal unnamed{"unnamed"};

/// A name from run time. The last one written is the span's. Returns false if it did not fit.
template <class Room>
bool writeName(Room& room, std::string_view text) noexcept {
    constexpr std::size_t longest = 255;
    const std::string_view name = cutText(text.empty() ? unnamed.view() : text, longest);
    const std::size_t size = 8 + roundUpTo8(name.size());
    std::byte* at = take(room, size, Part::attribute);
    if (isRefused<Room>(at)) return false;
    storeAt(at, ItemWord::make(ItemType::name, room.depth(), size, name.size()));
    copyText(at + 8, name);
    return true;
}

/// The size of a trace state that a record can hold: what W3C Trace Context, 3.3.1.5, requires to be passed
/// on.
inline constexpr std::size_t maxTraceStateBytes = 512;

/// The trace state that is exported with the span, unless it is empty. Last members that exceed the limit are
/// left out, and counted as one dropped attribute.
template <class Room>
SIDESPAN_COLD void writeTraceState(Room& room, std::string_view state) noexcept {
    if (state.size() > maxTraceStateBytes) {
        room.refused(Part::attribute);
        const std::size_t comma = state.rfind(',', maxTraceStateBytes);
        state = state.substr(0, comma == std::string_view::npos ? 0 : comma);
    }
    if (state.empty()) return;
    const std::size_t size = 8 + roundUpTo8(state.size());
    std::byte* at = take(room, size, Part::attribute);
    if (isRefused<Room>(at)) return;
    storeAt(at, ItemWord::make(ItemType::traceState, room.depth(), size, state.size()));
    std::copy(state.begin(), state.end(), reinterpret_cast<char*>(at + 8));
}

/// When the span began or ended: `which` is startTimeFlag or endTimeFlag.
template <class Room>
void writeTime(Room& room, std::uint8_t which, std::uint64_t unixNanos) noexcept {
    std::byte* at = take(room, 16, Part::attribute);
    if (isRefused<Room>(at)) return;
    storeAt(at, ItemWord::make(ItemType::time, room.depth(), 16, 0, 0, which));
    storeAt(at + 8, unixNanos);
}

/// The last one written is the span's; an empty one takes back those before it.
template <class Room>
inline void writeStatusMessage(Room& room, std::string_view message) noexcept {
    std::size_t size = 8 + roundUpTo8((std::min)(message.size(), maxTextBytes));
    std::byte* at = room.reserve(size);
    if (isRefused<Room>(at)) [[unlikely]] {
        room.openStatusRoom();
        size = (std::min)(size, room.room() & ~std::size_t{7U});
        if (size < 8 + (message.empty() ? 0 : 8)) return;
        at = room.reserve(size);
        if (isRefused<Room>(at)) return;
    }
    const std::size_t length = storeCut(at + 8, message, size - 8);
    storeAt(at, ItemWord::make(ItemType::statusMessage, room.depth(), size, length));
}

}

[[nodiscard]] constexpr std::uint64_t unixNanos(std::chrono::system_clock::time_point time) noexcept {
    const auto since1970 = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch());
    return static_cast<std::uint64_t>((std::max)(since1970, std::chrono::nanoseconds::zero()).count());
}

/// The flags of a span item with another status or kind.
[[nodiscard]] constexpr std::uint8_t withStatus(std::uint8_t flags, SpanStatus status) noexcept {
    return static_cast<std::uint8_t>((flags & ~unsigned{statusMask}) | static_cast<unsigned>(status));
}
/// Whether a span with these flags accepts that status: `ok` is final, and `unset` changes nothing.
[[nodiscard]] constexpr bool takesStatus(std::uint8_t flags, SpanStatus status) noexcept {
    return status != SpanStatus::unset && (flags & statusMask) != static_cast<std::uint8_t>(SpanStatus::ok);
}
/// Those of a span that an exception ends: an error, unless it was said otherwise.
[[nodiscard]] constexpr std::uint8_t withFailure(std::uint8_t flags) noexcept {
    const bool isUnset = (flags & statusMask) == static_cast<std::uint8_t>(SpanStatus::unset);
    return isUnset ? withStatus(flags, SpanStatus::error) : flags;
}
[[nodiscard]] constexpr std::uint8_t withKind(std::uint8_t flags, SpanKind kind) noexcept {
    return static_cast<std::uint8_t>((flags & ~unsigned{kindMask}) |
                                     (static_cast<unsigned>(kind) << kindShift));
}

}
