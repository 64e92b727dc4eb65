#include "protobuf_reader.h"

#include <stdexcept>

#include <fmt/format.h>
#include <sidespan/encoding/utf8.h>

namespace sidespan::inline v0::detail {

void ProtobufReader::refuse(std::string_view why) const {
    throw std::invalid_argument(
        fmt::format("the body is not an OTLP request in protobuf: {} at byte {}", why, at_));
}

bool ProtobufReader::next() {
    if (isUnread_) skip();
    if (at_ == end_) return false;
    const std::uint64_t tag = readVarint();
    constexpr std::uint64_t largestField = (1U << 29U) - 1;
    if ((tag >> 3U) == 0 || (tag >> 3U) > largestField) refuse("a field number that protobuf does not have");
    field_ = static_cast<unsigned>(tag >> 3U);
    wireType_ = static_cast<unsigned>(tag & 7U);
    isUnread_ = true;
    return true;
}

void ProtobufReader::expect(unsigned wireType) const {
    if (wireType_ != wireType) refuse("a field of another type than OTLP gives it");
}

void ProtobufReader::skip() {
    isUnread_ = false;
    switch (wireType_) {
        case varintType:
            static_cast<void>(readVarint());
            break;
        case fixed64Type:
            static_cast<void>(readBytes(8));
            break;
        case bytesType:
            static_cast<void>(readBytes(readVarint()));
            break;
        case fixed32Type:
            static_cast<void>(readBytes(4));
            break;
        default:
            refuse("a wire type that is not used any more");
    }
}

std::uint64_t ProtobufReader::readVarint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (at_ == end_) refuse("a number that breaks off");
        const auto byte = static_cast<unsigned char>(body_[at_++]);
        if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
        if ((byte & 0x80U) == 0) return value;
    }
    refuse("a number of more than ten bytes");
}

std::string_view ProtobufReader::readBytes(std::uint64_t size) {
    if (size > end_ - at_) refuse("a field that is longer than what holds it");
    const auto bytes = body_.substr(at_, static_cast<std::size_t>(size));
    at_ += bytes.size();
    return bytes;
}

std::uint64_t ProtobufReader::varint() {
    expect(varintType);
    isUnread_ = false;
    return readVarint();
}

std::uint64_t ProtobufReader::readFixed(unsigned wireType) {
    expect(wireType);
    isUnread_ = false;
    std::uint64_t value = 0;
    const auto bytes = readBytes(wireType == fixed64Type ? 8 : 4);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    return value;
}

std::string_view ProtobufReader::bytes() {
    expect(bytesType);
    isUnread_ = false;
    return readBytes(readVarint());
}

ProtobufReader ProtobufReader::message() {
    const auto content = bytes();
    return {body_, at_ - content.size(), at_};
}

std::string ProtobufReader::text() {
    return toValidUtf8(bytes());
}

}
