#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// A request to stop, which can wake a blocked call. The blocking thread holds a Hook on it while it blocks.
/// [any thread]
class Cancellation {
public:
    /// Runs the hooks before it returns; calling it again does nothing until reset().
    void cancel();
    void reset();
    [[nodiscard]] bool isCancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }

    /// Calls `wake` once if the cancellation happens, or has happened, during its lifetime; on the cancelling
    /// thread, so it must be quick and must not touch the Cancellation. Once destroyed, `wake` is not
    /// running.
    class Hook {
    public:
        Hook(Cancellation& cancellation, std::function<void()> wake);
        ~Hook();
        Hook(const Hook&) = delete;
        Hook& operator=(const Hook&) = delete;

    private:
        friend class Cancellation;
        Cancellation& cancellation_;
        std::function<void()> wake_;
        Hook* next_;
    };

private:
    std::atomic<bool> cancelled_{false};
    std::mutex mutex_;
    Hook* hooks_ = nullptr;
};

}
