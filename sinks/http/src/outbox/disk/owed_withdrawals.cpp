#include "owed_withdrawals.h"

#include <array>
#include <type_traits>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::size_t mostPaths = 32;
constinit std::array<OwedWithdrawals, mostPaths + 1> entries{};  // the last is shared
static_assert(std::is_trivially_destructible_v<OwedWithdrawals>);

// FNV-1a; never 0.
std::uint64_t hashOf(std::string_view path) noexcept {
    while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
    for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
    return hash == 0 ? 1 : hash;
}

}

OwedWithdrawals& OwedWithdrawals::of(std::string_view path) noexcept {
    const auto hash = hashOf(path);
    for (std::size_t i = 0; i < mostPaths; ++i) {
        std::uint64_t known = 0;
        if (entries[i].path_.compare_exchange_strong(known, hash) || known == hash) return entries[i];
    }
    return entries.back();
}

bool OwedWithdrawals::isOfOnePath() const noexcept {
    return this != &entries.back();
}

}
