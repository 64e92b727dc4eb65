#include "random_id.h"

#include <cstddef>
#include <cstdint>

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid.hpp>

namespace sidespan::inline v0::detail {
namespace {

std::uint64_t readEight(const std::uint8_t* bytes) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) value = (value << 8U) | bytes[i];
    return value;
}

}

TraceId drawTraceId() {
    const boost::uuids::uuid uuid = boost::uuids::random_generator()();
    return {readEight(uuid.data), readEight(uuid.data + 8)};
}

SpanId drawSpanId() {
    for (;;) {
        // The halves hide each other's fixed bits: version and variant stand at different places.
        const TraceId drawn = drawTraceId();
        if (const SpanId id(drawn.high() ^ drawn.low()); id.isValid()) return id;
    }
}

}
