#include <sidespan/encoding/detail/protobuf.h>

namespace sidespan::inline v0::detail::protobuf {

bool Fields::next() noexcept {
    if (!problem_.empty() || rest_.empty()) return false;
    number_ = 0;
    bytes_ = {};
    return readTag() && readValue(0);
}

bool Fields::readTag() noexcept {
    constexpr std::uint64_t largestField = (1U << 29U) - 1;
    std::uint64_t tag = 0;
    if (!readVarint(tag)) return false;
    if ((tag >> 3U) == 0 || (tag >> 3U) > largestField) return fail("an invalid field number");
    field_ = static_cast<unsigned>(tag >> 3U);
    type_ = static_cast<WireType>(tag & 7U);
    return true;
}

bool Fields::readValue(unsigned depth) noexcept {
    switch (type_) {
        case WireType::varint:
            return readVarint(number_);
        case WireType::fixed64:
            return readFixed(8);
        case WireType::fixed32:
            return readFixed(4);
        case WireType::bytes:
            break;
        case WireType::groupStart:
            return skipGroup(depth + 1);
        default:
            return fail("an invalid wire type");
    }
    std::uint64_t size = 0;
    if (!readVarint(size)) return false;
    if (size > rest_.size()) return fail("a field that is longer than its message");
    bytes_ = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(bytes_.size());
    return true;
}

bool Fields::skipGroup(unsigned depth) noexcept {
    constexpr unsigned deepestGroup = 100;  // as in Google's parsers
    if (depth > deepestGroup) return fail("groups nested more than 100 deep");
    const auto group = field_;
    while (!rest_.empty()) {
        if (!readTag()) return false;
        if (type_ != WireType::groupEnd) {
            if (!readValue(depth)) return false;
            continue;
        }
        if (field_ != group) return fail("the end of another group");
        type_ = WireType::groupStart;
        number_ = 0;
        bytes_ = {};
        return true;
    }
    return fail("a group without an end");
}

bool Fields::readVarint(std::uint64_t& value) noexcept {
    std::uint64_t read = 0;
    for (unsigned i = 0; i < mostVarintBytes; ++i) {
        if (rest_.empty()) return fail("a number that is cut off");
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        read |= static_cast<std::uint64_t>(byte & 0x7fU) << (7 * i);
        if ((byte & 0x80U) != 0) continue;
        value = read;
        return true;
    }
    return fail("a number of more than ten bytes");
}

bool Fields::readFixed(std::size_t size) noexcept {
    if (size > rest_.size()) return fail("a field that is longer than its message");
    for (std::size_t i = 0; i < size; ++i)
        number_ |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
    rest_.remove_prefix(size);
    return true;
}

bool Fields::fail(std::string_view problem) noexcept {
    problem_ = problem;
    return false;
}

}
