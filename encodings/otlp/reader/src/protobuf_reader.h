#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sidespan/encoding/detail/protobuf.h>
#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// Reads the fields of one protobuf message, one after the other. Functions throw std::invalid_argument if
/// the message is cut off or is not in the wire format. The error says at which byte of the whole body.
class ProtobufReader {
public:
    explicit ProtobufReader(std::string_view body) noexcept : body_(body), fields_(body) {}

    /// Goes to the next field; false at the end.
    [[nodiscard]] bool next();
    [[nodiscard]] unsigned field() const noexcept { return fields_.field(); }

    // The value of the field. Each refuses a field of another wire type.
    [[nodiscard]] std::uint64_t varint() const { return number(protobuf::WireType::varint); }
    [[nodiscard]] std::uint64_t fixed64() const { return number(protobuf::WireType::fixed64); }
    [[nodiscard]] std::uint64_t fixed32() const { return number(protobuf::WireType::fixed32); }
    [[nodiscard]] std::string_view bytes() const;
    [[nodiscard]] ProtobufReader message() const { return {body_, bytes()}; }
    /// Bytes as text: what is not UTF-8 becomes U+FFFD.
    [[nodiscard]] std::string text() const;

    /// Throws std::invalid_argument: `why`, and at which byte of the body.
    [[noreturn]] void refuse(std::string_view why) const;

private:
    ProtobufReader(std::string_view body, std::string_view message) noexcept
        : body_(body), fields_(message) {}

    void expect(protobuf::WireType type) const;
    [[nodiscard]] std::uint64_t number(protobuf::WireType type) const;

    std::string_view body_;
    protobuf::Fields fields_;
};

}
