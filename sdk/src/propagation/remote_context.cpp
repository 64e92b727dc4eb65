#include <sidespan/propagation/remote_context.h>

#include <atomic>
#include <cstdint>
#include <new>
#include <string>

#include <sidespan/detail/ot_member.h>
#include <sidespan/detail/record/head_sampler.h>

namespace sidespan::inline v0::detail {

struct KeptContext::Shared {
    RemoteContext context;
    std::string recordedState;
    std::atomic<std::uint32_t> holders{1};
};

KeptContext::KeptContext(const RemoteContext& context, const HeadSampler& sampler) noexcept {
    try {
        const bool isOwnTrace = !context.context.isValid();
        shared_ = new Shared{context, sampler.recordedState(context.traceState, isOwnTrace)};
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

std::string_view KeptContext::recordedState() const noexcept {
    return shared_ != nullptr ? std::string_view(shared_->recordedState) : std::string_view();
}

std::uint64_t randomnessOf(const RemoteContext& context) noexcept {
    return explicitRandomness(context.traceState).value_or(randomnessOf(context.context.traceId));
}

}
