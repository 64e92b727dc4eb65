#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <sidespan/encoding/detail/block.h>
#include <sidespan/encoding/detail/json_text.h>
#include <sidespan/version.h>

/// The protobuf wire format, written where the caller has made room. Each function returns the end of what it
/// wrote and may scribble over up to 15 characters beyond it. Field numbers are below 16 where a tag is one
/// byte.
namespace sidespan::inline v0::detail::protobuf {

enum class WireType : unsigned { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

constexpr std::uint8_t tagOf(unsigned field, WireType type) noexcept {
    return static_cast<std::uint8_t>((field << 3U) | static_cast<unsigned>(type));
}

constexpr std::size_t varintSize(std::uint64_t value) noexcept {
    if (value < 0x80) [[likely]]
        return 1;
    return (static_cast<std::size_t>(std::bit_width(value | 1U)) + 6) / 7;
}

inline char* writeVarint(char* to, std::uint64_t value) noexcept {
    while (value >= 0x80) [[unlikely]] {
            *to++ = static_cast<char>(value | 0x80U);
            value >>= 7U;
        }
    *to = static_cast<char>(value);
    return to + 1;
}

/// A length in exactly `Size` bytes: a varint may be padded, so it can be written when the end is known.
template <std::size_t Size>
void writePaddedLength(char* to, std::size_t length) noexcept {
    for (std::size_t i = 0; i + 1 < Size; ++i, length >>= 7U) to[i] = static_cast<char>(length | 0x80U);
    to[Size - 1] = static_cast<char>(length & 0x7fU);
}

template <class T>
inline char* writeWord(char* to, T word) noexcept {
    std::memcpy(to, &word, sizeof word);
    return to + sizeof word;
}

inline char* writeLittleEndian(char* to, std::uint64_t value) noexcept {
    return writeWord(to, std::endian::native == std::endian::little ? value : reverseBytes(value));
}
inline char* writeLittleEndian(char* to, std::uint32_t value) noexcept {
    for (unsigned i = 0; i < sizeof value; ++i) to[i] = static_cast<char>(value >> (8 * i));
    return to + sizeof value;
}
inline char* writeBigEndian(char* to, std::uint64_t value) noexcept {
    return writeWord(to, std::endian::native == std::endian::little ? reverseBytes(value) : value);
}

inline char* writeTag(char* to, unsigned field, WireType type) noexcept {
    *to = static_cast<char>(tagOf(field, type));
    return to + 1;
}

inline char* writeVarintField(char* to, unsigned field, std::uint64_t value) noexcept {
    return writeVarint(writeTag(to, field, WireType::varint), value);
}

inline char* writeFixed64Field(char* to, unsigned field, std::uint64_t value) noexcept {
    return writeLittleEndian(writeTag(to, field, WireType::fixed64), value);
}

/// Bytes, or text that is valid UTF-8.
inline char* writeBytesField(char* to, unsigned field, std::string_view bytes) noexcept {
    return writePlain(writeVarint(writeTag(to, field, WireType::bytes), bytes.size()), bytes);
}

constexpr std::size_t bytesFieldSize(std::size_t size) noexcept {
    return 1 + varintSize(size) + size;
}

}
