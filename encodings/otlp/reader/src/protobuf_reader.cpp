#include "protobuf_reader.h"

#include <stdexcept>

#include <fmt/format.h>
#include <sidespan/encoding/utf8.h>

namespace sidespan::inline v0::detail {

void ProtobufReader::refuse(std::string_view why) const {
    throw std::invalid_argument(fmt::format("the body is not an OTLP request in protobuf: {} at byte {}", why,
                                            fields_.rest().data() - body_.data()));
}

bool ProtobufReader::next() {
    if (fields_.next()) return true;
    if (!fields_.problem().empty()) refuse(fields_.problem());
    return false;
}

std::string ProtobufReader::text() const {
    return toValidUtf8(bytes());
}

}
