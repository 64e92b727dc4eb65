#include <sidespan/network/detail/backoff.h>

#include <algorithm>

#include <sidespan/detail/record/id_keys.h>

namespace sidespan::inline v0::detail {

void Backoff::fail(Time now, std::optional<Time> notBefore) {
    const auto doublings = std::min<std::uint32_t>(failures_++, 30);
    const auto longest =
        std::min<std::chrono::milliseconds::rep>(cap_.count(), initial_.count() << doublings);
    const std::uint64_t random = IdKeys::draw().spanId(1).value();
    jittered_ = now + std::chrono::milliseconds(random % (static_cast<std::uint64_t>(longest) + 1));
    askedFor_ = notBefore.value_or(Time::min());
}

}
