#include <sidespan/propagation/remote_context.h>

#include <new>

#include <sidespan/detail/ot_member.h>
#include <sidespan/detail/record/head_sampler.h>

namespace sidespan::inline v0::detail {

std::shared_ptr<const RemoteContext> keep(const RemoteContext& context) noexcept try {
    return std::make_shared<const RemoteContext>(context);
} catch (const std::bad_alloc&) {
    return nullptr;
}

std::uint64_t randomnessOf(const RemoteContext& context) noexcept {
    return explicitRandomness(context.traceState).value_or(randomnessOf(context.context.traceId));
}

}
