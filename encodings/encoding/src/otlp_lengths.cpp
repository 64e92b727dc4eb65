#include <sidespan/encoding/detail/otlp_lengths.h>

#include <sidespan/encoding/detail/protobuf.h>

namespace sidespan::inline v0::detail {

// The body begins with the resource spans; behind their length stands the resource, then the scope spans.
// What an earlier run left may be something else that calls itself protobuf: it is left as it is.
void fixOtlpLengths(char* body, std::size_t size) noexcept {
    constexpr std::size_t lengthSize = otlpBodyLengthSize;
    constexpr std::size_t headSize = 1 + lengthSize;
    if (size < headSize) return;
    protobuf::Fields resource(std::string_view(body, size).substr(headSize));
    if (!resource.next() || resource.rest().size() < headSize) return;
    const std::size_t scopeBegin = size - resource.rest().size() + headSize;
    protobuf::writePaddedLength<lengthSize>(body + 1, size - headSize);
    protobuf::writePaddedLength<lengthSize>(body + scopeBegin - lengthSize, size - scopeBegin);
}

}
