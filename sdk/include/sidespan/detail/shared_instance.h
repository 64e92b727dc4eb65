#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/platform.h>
#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// What of a shared instance must live in a static: nothing here has a destructor that does anything, and the
/// weak pointer is on the heap only while somebody holds the instance, so the library can be unloaded.
class SharedSlot {
public:
    /// Locked around find() and hold().
    platform::StaticMutex mutex;

    /// The instance, while somebody holds it.
    [[nodiscard]] std::shared_ptr<void> find() const;
    using Instance = std::unique_ptr<void, void (*)(void*)>;
    /// Keeps a new instance until nobody holds it, and has it destroyed then, outside the lock. Throws
    /// std::bad_alloc.
    [[nodiscard]] std::shared_ptr<void> hold(Instance instance);

private:
    struct Keeper;
    void forget();

    std::weak_ptr<void>* current_ = nullptr;
};

/// One for each binary, whatever visibility it is built with: the attribute makes it nobody else's. So that
/// it is the caller's own, whoever calls this must be hidden as well.
template <class T>
SIDESPAN_HIDDEN inline SharedSlot& sharedSlot() {
    static constinit SharedSlot slot;
    return slot;
}

/// The T of `slot`, made by `make` when there is none, destroyed with the last pointer to it and
/// outside the lock. While an old one is still being destroyed a new one may already be made.
template <class T, class Make>
[[nodiscard]] SIDESPAN_COLD std::shared_ptr<T> sharedInstance(SharedSlot& slot, Make make) {
    const std::lock_guard lock(slot.mutex);
    auto instance = slot.find();
    if (!instance) {
        std::unique_ptr<T> made = make();
        instance = slot.hold({made.release(), [](void* last) { delete static_cast<T*>(last); }});
    }
    return std::static_pointer_cast<T>(std::move(instance));
}

}
