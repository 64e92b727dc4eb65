#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// Reads the fields of one protobuf message, one after the other. Functions throw std::invalid_argument where
/// the message breaks off or breaks the wire format; the error says at which byte of the whole body.
class ProtobufReader {
public:
    explicit ProtobufReader(std::string_view body) noexcept : body_(body), end_(body.size()) {}

    /// Goes to the next field, past what was not read of this one; false at the end.
    [[nodiscard]] bool next();
    [[nodiscard]] unsigned field() const noexcept { return field_; }

    // The field's value, by its wire type. One of another type than the description says is refused.
    [[nodiscard]] std::uint64_t varint();
    [[nodiscard]] std::uint64_t fixed64() { return readFixed(fixed64Type); }
    [[nodiscard]] std::uint64_t fixed32() { return readFixed(fixed32Type); }
    [[nodiscard]] std::string_view bytes();
    [[nodiscard]] ProtobufReader message();
    /// Bytes as text: what is not UTF-8 becomes U+FFFD.
    [[nodiscard]] std::string text();

private:
    ProtobufReader(std::string_view body, std::size_t at, std::size_t end) noexcept
        : body_(body), at_(at), end_(end) {}

    static constexpr unsigned varintType = 0;
    static constexpr unsigned fixed64Type = 1;
    static constexpr unsigned bytesType = 2;
    static constexpr unsigned fixed32Type = 5;

    void expect(unsigned wireType) const;
    [[nodiscard]] std::uint64_t readFixed(unsigned wireType);
    void skip();
    [[nodiscard]] std::uint64_t readVarint();
    [[nodiscard]] std::string_view readBytes(std::uint64_t size);
    [[noreturn]] void refuse(std::string_view why) const;

    std::string_view body_;
    std::size_t at_ = 0;
    std::size_t end_;
    unsigned field_ = 0;
    unsigned wireType_ = 0;
    bool isUnread_ = false;
};

}
