#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sidespan/encoding/detail/protobuf.h>
#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// Reads the fields of one protobuf message, one after the other. Throws std::invalid_argument if the message
/// is cut off or is not in the wire format. The error says at which byte of the whole body. As in
/// other protobuf parsers, a known field with the wrong wire type is unknown: compare number and type.
class ProtobufReader {
public:
    explicit ProtobufReader(std::string_view body) noexcept : body_(body), fields_(body) {}

    /// Goes to the next field; false at the end.
    [[nodiscard]] bool next();
    [[nodiscard]] bool is(unsigned field, protobuf::WireType type) const noexcept {
        return fields_.is(field, type);
    }
    [[nodiscard]] std::uint64_t tag() const noexcept { return fields_.tag(); }

    [[nodiscard]] std::uint64_t number() const noexcept { return fields_.number(); }
    [[nodiscard]] std::string_view bytes() const noexcept { return fields_.bytes(); }
    [[nodiscard]] ProtobufReader message() const { return {body_, bytes()}; }
    /// Bytes as text: what is not UTF-8 becomes U+FFFD.
    [[nodiscard]] std::string text() const;

    /// Throws std::invalid_argument: `why`, and at which byte of the body.
    [[noreturn]] void refuse(std::string_view why) const;

private:
    ProtobufReader(std::string_view body, std::string_view message) noexcept
        : body_(body), fields_(message) {}

    std::string_view body_;
    protobuf::Fields fields_;
};

}
