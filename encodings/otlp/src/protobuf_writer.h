#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <sidespan/encoding/detail/block.h>
#include <sidespan/encoding/detail/json_text.h>
#include <sidespan/encoding/detail/protobuf.h>
#include <sidespan/version.h>

/// The fields that spans are made of, written where the caller has made room. Each function returns the end
/// of what it wrote and may overwrite up to 15 characters after it. Field numbers must be below 16: a tag is
/// one byte.
namespace sidespan::inline v0::detail::protobuf {

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
