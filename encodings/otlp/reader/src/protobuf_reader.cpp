#include "protobuf_reader.h"

#include <stdexcept>

#include <fmt/format.h>
#include <sidespan/encoding/utf8.h>

namespace sidespan::inline v0::detail {

using protobuf::WireType;

void ProtobufReader::refuse(std::string_view why) const {
    throw std::invalid_argument(fmt::format("the body is not an OTLP request in protobuf: {} at byte {}", why,
                                            fields_.rest().data() - body_.data()));
}

bool ProtobufReader::next() {
    if (fields_.next()) return true;
    if (!fields_.problem().empty()) refuse(fields_.problem());
    return false;
}

void ProtobufReader::expect(WireType type) const {
    if (fields_.type() != type) refuse("a field of another type than OTLP gives it");
}

std::uint64_t ProtobufReader::number(WireType type) const {
    expect(type);
    return fields_.number();
}

std::string_view ProtobufReader::bytes() const {
    expect(WireType::bytes);
    return fields_.bytes();
}

std::string ProtobufReader::text() const {
    return toValidUtf8(bytes());
}

}
