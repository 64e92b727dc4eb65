#include <sidespan/encoding/detail/otlp_lengths.h>

#include <sidespan/encoding/detail/protobuf.h>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::size_t lengthSize = 4;
constexpr std::size_t headSize = 1 + lengthSize;

// A length in four bytes is a padded one, or that of a message of 2 MiB or more.
bool isOpenMessage(std::string_view text, unsigned field) noexcept {
    if (text.size() < headSize) return false;
    const auto byteAt = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byteAt(0) != protobuf::tagOf(field, protobuf::WireType::bytes)) return false;
    for (std::size_t i = 1; i < lengthSize; ++i)
        if ((byteAt(i) & 0x80U) == 0) return false;
    return (byteAt(lengthSize) & 0x80U) == 0;
}

}

void appendOpenOtlpMessage(std::string& to, unsigned field) {
    char length[lengthSize];
    protobuf::writePaddedLength<lengthSize>(length, 0);
    protobuf::appendVarint(to, protobuf::tagOf(field, protobuf::WireType::bytes));
    to.append(length, lengthSize);
}

// In the resource spans, the resource comes first, then the scope spans.
void fixOtlpLengths(char* body, std::size_t size) noexcept {
    constexpr unsigned resourceSpans = 1;
    constexpr unsigned scopeSpans = 2;
    const std::string_view whole(body, size);
    if (!isOpenMessage(whole, resourceSpans)) return;
    protobuf::Fields resource(whole.substr(headSize));
    if (!resource.next() || !isOpenMessage(resource.rest(), scopeSpans)) return;
    const std::size_t scopeBegin = size - resource.rest().size() + headSize;
    protobuf::writePaddedLength<lengthSize>(body + 1, size - headSize);
    protobuf::writePaddedLength<lengthSize>(body + scopeBegin - lengthSize, size - scopeBegin);
}

}
