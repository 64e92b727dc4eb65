#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <sidespan/attribute.h>
#include <sidespan/attribute_array.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/record/copy_text.h>
#include <sidespan/detail/record/room.h>
#include <sidespan/literal.h>

/// Writes array attributes, as a whole or not at all.
namespace sidespan::inline v0::detail::item_writer {

inline constexpr std::size_t mostDecimalDigits = 20;

/// The number in decimal, at the end of `digits`.
inline std::string_view writeDecimal(char (&digits)[mostDecimalDigits], std::uint64_t number) noexcept {
    std::size_t begin = mostDecimalDigits;
    do {
        digits[--begin] = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return {digits + begin, mostDecimalDigits - begin};
}

/// Room for the elements after the head of their item. If there is none, returns null and counts that.
template <class Room>
std::byte* takeElements(Room& room, Literal key, AttributeArrayView::Type type, std::size_t count,
                        std::size_t bytes, std::uint8_t flags) noexcept {
    if (bytes > maxTextBytes) {
        room.refused(Part::attribute);
        return nullptr;
    }
    const std::size_t size = 16 + roundUpTo8(bytes);
    std::byte* at = take(room, size, Part::attribute);
    if (isRefused<Room>(at)) return nullptr;
    const std::uint64_t all = flags | static_cast<unsigned>(type) << elementTypeShift;
    storeAt(at, ItemWord::make(ItemType::array, room.depth(), size, count, key.size(), all));
    storeAt(at + 8, key.data());
    return at + 16;
}

/// `textAt(i)` gives the text of an element; it is good until the next call.
template <class Room, class TextAt>
void writeTexts(Room& room, Literal key, std::size_t count, TextAt textAt, std::uint8_t flags) noexcept {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count && bytes <= maxTextBytes; ++i)
        bytes += textSizeBytes + textAt(i).size();
    std::byte* to = takeElements(room, key, AttributeArrayView::Type::text, count, bytes, flags);
    if (to == nullptr) return;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view text = textAt(i);
        storeAt(to, static_cast<std::uint16_t>(text.size()));
        copyText(to + textSizeBytes, text);
        to += textSizeBytes + text.size();
    }
}

template <class T, class Room, class E>
void writeElements(Room& room, Literal key, AttributeArrayView::Type type, const E* values, std::size_t count,
                   std::uint8_t flags) noexcept {
    const std::size_t bytes = count > maxTextBytes ? maxTextBytes + 1 : count * sizeof(T);
    std::byte* to = takeElements(room, key, type, count, bytes, flags);
    if (to == nullptr) return;
    for (std::size_t i = 0; i < count; ++i) storeAt(to + i * sizeof(T), static_cast<T>(values[i]));
}

template <class E>
[[nodiscard]] bool isAnyBeyondInt64(const E* values, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count && i <= maxTextBytes; ++i)
        if (isBeyondInt64(values[i])) return true;
    return false;
}

/// If an integer does not fit into std::int64_t, all elements become decimal text.
template <class Room, class E>
void writeArray(Room& room, Literal key, const E* values, std::size_t count, std::uint8_t flags) noexcept {
    using Type = AttributeArrayView::Type;
    if constexpr (Text<E>) {
        const auto textAt = [values](std::size_t i) { return textOf(values[i]); };
        writeTexts(room, key, count, textAt, flags);
    } else if constexpr (std::is_same_v<E, bool>) {
        static_assert(sizeof(bool) == 1);
        writeElements<bool>(room, key, Type::boolean, values, count, flags);
    } else if constexpr (std::is_floating_point_v<E>) {
        writeElements<double>(room, key, Type::real, values, count, flags);
    } else if (isAnyBeyondInt64(values, count)) {
        char digits[mostDecimalDigits];
        const auto textAt = [&](std::size_t i) {
            return writeDecimal(digits, static_cast<std::uint64_t>(values[i]));
        };
        writeTexts(room, key, count, textAt, flags);
    } else {
        writeElements<std::int64_t>(room, key, Type::integer, values, count, flags);
    }
}

}
