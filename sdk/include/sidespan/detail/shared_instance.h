#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

// What of a shared instance must live in a static: nothing here has a destructor that does anything, and the
// weak pointer is on the heap only while somebody holds the instance, so the library can be unloaded.
template <class T>
struct SharedSlot {
    std::mutex mutex;
    std::weak_ptr<T>* current = nullptr;
};

template <class T>
SIDESPAN_HIDDEN inline SharedSlot<T>& sharedSlot() {
    static constinit SharedSlot<T> slot;
    return slot;
}

/// The one T of this binary, made by `make` when there is none, destroyed with the last pointer to it and
/// outside the lock. While an old one is still being destroyed a new one may already be made.
template <class T, class Make>
[[nodiscard]] SIDESPAN_COLD std::shared_ptr<T> sharedInstance(Make make) {
    auto& slot = sharedSlot<T>();
    const std::lock_guard lock(slot.mutex);
    if (slot.current != nullptr) {
        if (auto existing = slot.current->lock()) return existing;
    }
    const auto destroy = [](T* instance) {
        auto& own = sharedSlot<T>();
        {
            const std::lock_guard guard(own.mutex);
            if (own.current != nullptr && own.current->expired()) delete std::exchange(own.current, nullptr);
        }
        delete instance;
    };
    std::shared_ptr<T> made(make().release(), destroy);
    if (slot.current == nullptr) slot.current = new std::weak_ptr<T>;
    *slot.current = made;
    return made;
}

}
