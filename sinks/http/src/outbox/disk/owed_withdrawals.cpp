#include "owed_withdrawals.h"

#include <array>
#include <mutex>
#include <type_traits>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::size_t mostPaths = 32;
constinit std::array<OwedWithdrawals, mostPaths + 1> entries{};  // the last is shared
constinit SpinLock entriesLock;
static_assert(std::is_trivially_destructible_v<OwedWithdrawals>);

// FNV-1a.
std::uint64_t hashOf(std::string_view path) noexcept {
    while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
    for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
    return hash;
}

}

OwedWithdrawals& OwedWithdrawals::take(std::string_view path) noexcept {
    const auto hash = hashOf(path);
    const std::lock_guard lock(entriesLock);
    OwedWithdrawals* entry = &entries.back();
    for (std::size_t i = mostPaths; i-- > 0;) {
        const bool isFree = entries[i].shares_ == 0 && entries[i].count() == 0;
        if (isFree) entry = &entries[i];
        if (!isFree && entries[i].path_ == hash) {
            entry = &entries[i];
            break;
        }
    }
    entry->path_ = hash;
    ++entry->shares_;
    return *entry;
}

bool OwedWithdrawals::isOfOnePath() const noexcept {
    return this != &entries.back();
}

}
