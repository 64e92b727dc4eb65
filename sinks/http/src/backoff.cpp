#include "backoff.h"

#include <algorithm>
#include <random>

namespace sidespan::inline v0::detail {

void Backoff::fail(Time now, std::optional<Time> notBefore) {
    const auto doublings = std::min<std::uint32_t>(failures_++, 30);
    const auto longest =
        std::min<std::chrono::milliseconds::rep>(cap_.count(), initial_.count() << doublings);
    std::random_device entropy;
    jittered_ =
        now + std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, longest)(entropy));
    askedFor_ = notBefore.value_or(Time::min());
}

}
