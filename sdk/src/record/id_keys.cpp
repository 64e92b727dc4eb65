#include <array>
#include <chrono>

#include <sidespan/detail/platform.h>
#include <sidespan/detail/record/id_keys.h>

namespace sidespan::inline v0::detail {

IdKeys IdKeys::draw() {
    std::array<std::uint64_t, 6> secrets{};
    if (!platform::fillRandom(std::as_writable_bytes(std::span(secrets)))) {
        // Ids stay unique within the process. Across processes, only the time makes them differ.
        const auto now =
            static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
        const auto place = reinterpret_cast<std::uintptr_t>(&secrets);
        std::uint64_t state = now ^ (static_cast<std::uint64_t>(place) << 20U);
        for (auto& secret : secrets) secret = state = (state + 0x9e3779b97f4a7c15U) * 0xd6e8feb86659fd93U;
    }
    const auto key = [&](std::size_t i) { return Key{secrets[i] | 1U, secrets[i + 1] | 1U}; };
    IdKeys keys;
    keys.span_ = key(0);
    keys.traceHigh_ = key(2);
    keys.traceLow_ = key(4);
    return keys;
}

// The UUID's variant replaces two bits of the lower half, so this tries all four values.
bool IdKeys::isOwn(TraceId id) const noexcept {
    constexpr unsigned shift = 62;
    const std::uint64_t known = id.low() & ((std::uint64_t{1} << shift) - 1);
    for (std::uint64_t bits = 0; bits < 4; ++bits)
        if (traceId(unmix(known | (bits << shift), traceLow_)) == id) return true;
    return false;
}

}
