#include <sidespan/detail/compiler.h>
#include <sidespan/detail/shared_instance.h>

namespace sidespan::inline v0::detail {

std::shared_ptr<void> SharedSlot::find() const {
    return current_ == nullptr ? nullptr : current_->lock();
}

// When nobody holds the instance any more, frees the slot and then the instance.
struct SharedSlot::Keeper {
    explicit Keeper(Instance held) noexcept : instance(std::move(held)) {}
    ~Keeper() {
        if (slot != nullptr) slot->forget();
    }
    Instance instance;
    SharedSlot* slot = nullptr;
};

SIDESPAN_COLD std::shared_ptr<void> SharedSlot::hold(Instance instance) {
    const auto keeper = std::make_shared<Keeper>(std::move(instance));
    if (current_ == nullptr) current_ = new std::weak_ptr<void>;
    keeper->slot = this;
    std::shared_ptr<void> held(keeper, keeper->instance.get());
    *current_ = held;
    return held;
}

void SharedSlot::forget() {
    const std::lock_guard lock(mutex);
    if (current_ != nullptr && current_->expired()) delete std::exchange(current_, nullptr);
}

}
