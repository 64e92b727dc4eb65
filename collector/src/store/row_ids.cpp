#include "store/row_ids.h"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace sidespan::collector {

namespace {

std::uint64_t bigEndian(const std::uint8_t* bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8U | bytes[i];
    return value;
}

std::uint64_t random64() {
    auto uuid = boost::uuids::random_generator()();
    // The halves of a version 4 UUID have fixed bits in different places; rotated, each covers the other's.
    auto low = bigEndian(uuid.begin() + 8);
    return bigEndian(uuid.begin()) ^ (low << 32U | low >> 32U);
}

/// A bijective scramble (SplitMix64's finalizer).
std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

}

TraceId newTraceId() {
    auto uuid = boost::uuids::random_generator()();
    return {bigEndian(uuid.begin()), bigEndian(uuid.begin() + 8)};
}

SpanId newSpanId() {
    auto value = random64();
    return SpanId(value == 0 ? 1 : value);
}

RowIds::RowIds() : state_(random64()) {
    setTime(-1);
}

// The random part has 61 bits at first, so that there is room to count.
void RowIds::setTime(std::int64_t unixMs) noexcept {
    if (unixMs == unixMs_) return;
    unixMs_ = unixMs;
    high_ = mix(++state_) >> 52U;
    low_ = mix(++state_) >> 3U;
}

std::string RowIds::next() {
    low_ += 1 + (mix(++state_) >> 32U);
    boost::uuids::uuid id{};
    auto* const bytes = id.begin();
    for (unsigned i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(unixMs_ >> (40U - 8U * i));
    bytes[6] = static_cast<std::uint8_t>(0x70U | high_ >> 8U);
    bytes[7] = static_cast<std::uint8_t>(high_);
    for (unsigned i = 0; i < 8; ++i) bytes[8 + i] = static_cast<std::uint8_t>(low_ >> (56U - 8U * i));
    bytes[8] = static_cast<std::uint8_t>(0x80U | (bytes[8] & 0x3fU));
    return boost::uuids::to_string(id);
}

}
