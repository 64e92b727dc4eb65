#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sidespan/version.h>

/// Writes and reads the protobuf wire format (protobuf.dev, "Encoding"): numbers, tags and fields.
namespace sidespan::inline v0::detail::protobuf {

enum class WireType : std::uint8_t {
    varint = 0,
    fixed64 = 1,
    bytes = 2,
    groupStart = 3,
    groupEnd = 4,
    fixed32 = 5
};

constexpr std::uint64_t tagOf(unsigned field, WireType type) noexcept {
    return (std::uint64_t{field} << 3U) | static_cast<std::uint64_t>(type);
}

constexpr std::size_t varintSize(std::uint64_t value) noexcept {
    if (value < 0x80) [[likely]]
        return 1;
    constexpr int mostBits = 64;
    return static_cast<std::size_t>(mostBits - std::countl_zero(value | 1U) + 6) / 7;
}

inline constexpr std::size_t mostVarintBytes = 10;

/// Writes at `to`, where the caller has made room; returns the end.
inline char* writeVarint(char* to, std::uint64_t value) noexcept {
    while (value >= 0x80) [[unlikely]] {
            *to++ = static_cast<char>(value | 0x80U);
            value >>= 7U;
        }
    *to = static_cast<char>(value);
    return to + 1;
}

/// Writes a length in exactly `Size` bytes: a varint may be padded, so the length can be filled in later.
template <std::size_t Size>
void writePaddedLength(char* to, std::size_t length) noexcept {
    for (std::size_t i = 0; i + 1 < Size; ++i, length >>= 7U) to[i] = static_cast<char>(length | 0x80U);
    to[Size - 1] = static_cast<char>(length & 0x7fU);
}

inline void appendVarint(std::string& to, std::uint64_t value) {
    char bytes[mostVarintBytes];
    to.append(bytes, writeVarint(bytes, value));
}
inline void appendNumberField(std::string& to, unsigned field, std::uint64_t value) {
    appendVarint(to, tagOf(field, WireType::varint));
    appendVarint(to, value);
}
/// Bytes, text, or a message within a message.
inline void appendBytesField(std::string& to, unsigned field, std::string_view bytes) {
    appendVarint(to, tagOf(field, WireType::bytes));
    appendVarint(to, bytes.size());
    to += bytes;
}

/// Reads the fields of one message, one after the other. Throws and allocates nothing.
class Fields {
public:
    explicit Fields(std::string_view message) noexcept : rest_(message) {}

    /// Goes to the next field. False at the end, or if the message is broken; then problem() says why.
    bool next() noexcept;

    [[nodiscard]] unsigned field() const noexcept { return field_; }
    /// A group counts as one field of type groupStart, without a value.
    [[nodiscard]] WireType type() const noexcept { return type_; }
    [[nodiscard]] std::uint64_t tag() const noexcept { return tagOf(field_, type_); }
    [[nodiscard]] bool is(unsigned field, WireType type) const noexcept {
        return field_ == field && type_ == type;
    }
    /// Of a varint, fixed64 or fixed32; else 0.
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
    /// Of a field of bytes; else empty.
    [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

    /// What is wrong with the message at `rest()`; empty if nothing is.
    [[nodiscard]] std::string_view problem() const noexcept { return problem_; }
    /// The part that has not been read yet.
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

private:
    bool readTag() noexcept;
    bool readValue(unsigned depth) noexcept;
    bool skipGroup(unsigned depth) noexcept;
    bool readVarint(std::uint64_t& value) noexcept;
    bool readFixed(std::size_t size) noexcept;
    bool fail(std::string_view problem) noexcept;

    std::string_view rest_;
    unsigned field_ = 0;
    WireType type_ = WireType::varint;
    std::uint64_t number_ = 0;
    std::string_view bytes_;
    std::string_view problem_;
};

}
