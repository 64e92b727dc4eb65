#include <sidespan/propagation/remote_context.h>

#include <atomic>
#include <cstdint>
#include <new>

#include <sidespan/detail/ot_member.h>
#include <sidespan/detail/record/head_sampler.h>

namespace sidespan::inline v0::detail {

struct KeptContext::Shared {
    RemoteContext context;
    std::atomic<std::uint32_t> holders{1};
};

KeptContext::KeptContext(const RemoteContext& context) noexcept {
    try {
        shared_ = new Shared{context};
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch)
    }
}

KeptContext::KeptContext(const KeptContext& other) noexcept : shared_(other.shared_) {
    if (shared_ != nullptr) shared_->holders.fetch_add(1, std::memory_order_relaxed);
}

void KeptContext::release() noexcept {
    if (shared_->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) delete shared_;
}

const RemoteContext* KeptContext::get() const noexcept {
    return shared_ != nullptr ? &shared_->context : nullptr;
}

std::uint64_t randomnessOf(const RemoteContext& context) noexcept {
    return explicitRandomness(context.traceState).value_or(randomnessOf(context.context.traceId));
}

}
