#include <sidespan/detail/shared_instance.h>

namespace sidespan::inline v0::detail {

std::shared_ptr<void> SharedSlot::find() const {
    return current_ == nullptr ? nullptr : current_->lock();
}

std::shared_ptr<void> SharedSlot::hold(void* instance, void (*destroy)(void*)) {
    std::shared_ptr<void> held(instance, [this, destroy](void* last) {
        forget();
        destroy(last);
    });
    if (current_ == nullptr) current_ = new std::weak_ptr<void>;
    *current_ = held;
    return held;
}

void SharedSlot::forget() {
    const std::lock_guard lock(mutex);
    if (current_ != nullptr && current_->expired()) delete std::exchange(current_, nullptr);
}

}
