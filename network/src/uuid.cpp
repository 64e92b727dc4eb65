#include <sidespan/detail/compiler.h>
#include <sidespan/network/detail/uuid.h>

#include <algorithm>
#include <cstdint>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>

#include <sidespan/detail/join.h>
#include <sidespan/detail/record/id_keys.h>

namespace sidespan::inline v0::detail {
namespace {

std::uint64_t readEight(std::string_view bytes) noexcept {
    std::uint64_t value = 0;
    for (const char c : bytes.substr(0, 8)) value = (value << 8U) | static_cast<unsigned char>(c);
    return value;
}

SIDESPAN_COLD void appendEight(std::string& out, std::uint64_t value) {
    for (unsigned shift = 64; shift != 0; shift -= 8) out += static_cast<char>(value >> (shift - 8U));
}

}

Uuid Uuid::random() {
    return Uuid(IdKeys::draw().traceId(1));
}

SIDESPAN_COLD Uuid Uuid::part(unsigned number) const {
    boost::uuids::uuid space{};
    std::ranges::copy(bytes(), space.begin());
    const auto named = boost::uuids::name_generator_sha1(space)(decimal(number));
    return fromBytes({reinterpret_cast<const char*>(named.begin()), size});
}

Uuid Uuid::fromBytes(std::string_view bytes) noexcept {
    if (bytes.size() < size) return {};
    return Uuid({readEight(bytes), readEight(bytes.substr(8))});
}

std::string Uuid::bytes() const {
    std::string out;
    appendEight(out, value_.high());
    appendEight(out, value_.low());
    return out;
}

}
