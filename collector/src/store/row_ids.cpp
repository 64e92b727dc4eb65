#include "store/row_ids.h"

#include <cstring>

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

RowIds::RowIds() : state_(random64()), secret_(random64()) {}

std::string RowIds::next() {
    boost::uuids::uuid id{};
    auto low = mix(++state_);
    auto high = mix(state_ ^ secret_);
    auto* const bytes = id.begin();
    for (unsigned i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(unixMs_ >> (40U - 8U * i));
    bytes[6] = static_cast<std::uint8_t>(0x70U | (high & 0x0fU));
    bytes[7] = static_cast<std::uint8_t>(high >> 8U);
    std::memcpy(bytes + 8, &low, sizeof low);
    bytes[8] = static_cast<std::uint8_t>(0x80U | (bytes[8] & 0x3fU));
    return boost::uuids::to_string(id);
}

}
