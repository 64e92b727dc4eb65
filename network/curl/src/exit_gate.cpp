#include "exit_gate.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <thread>

#include <sidespan/deadline.h>
#include <sidespan/detail/platform.h>

namespace sidespan::inline v0::detail {
namespace {

// Neither constructed nor destroyed at run time: threads may come here until the process is gone.
constinit std::mutex mutex;
constinit ExitGate::Pass* passes = nullptr;
constinit std::atomic<std::uint64_t> process = 0;  // which they are of: a forked child begins anew
constinit bool isInstalled = false;
constinit bool isClosed = false;

void beOfThisProcess() noexcept {
    if (const auto here = platform::processId(); here != process) {
        process = here;
        passes = nullptr;
    }
}

// Whether OpenSSL will never clean up: it asks for that when it is first used, and we are the first to use
// it. Without memory of its own nobody has used it before, and only then would it take another allocator.
bool preventCleanup() noexcept {
    constexpr std::uint64_t noAtExit = 0x00080000;  // OPENSSL_INIT_NO_ATEXIT
    using Initialise = int (*)(std::uint64_t options, const void* settings);
    using SetAllocator = int (*)(void* allocate, void* reallocate, void* release);
    const auto initialise = reinterpret_cast<Initialise>(platform::findLoaded("OPENSSL_init_crypto"));
    const auto setAllocator =
        reinterpret_cast<SetAllocator>(platform::findLoaded("CRYPTO_set_mem_functions"));
    if (initialise == nullptr || setAllocator == nullptr) return false;
    const bool isFirst = setAllocator(nullptr, nullptr, nullptr) == 1;  // nulls change nothing
    return isFirst && initialise(noAtExit, nullptr) == 1;
}

// What is registered last is called first: OpenSSL's part, where curl uses OpenSSL, has to be before ours.
// Without any option nothing would be registered; this one asks for two thread-local keys. The rest is for
// curl to initialise.
void letOpenSslRegister() noexcept {
    constexpr std::uint64_t initAsync = 0x100;  // OPENSSL_INIT_ASYNC
    using Initialise = int (*)(std::uint64_t options, const void* settings);
    if (const auto initialise = reinterpret_cast<Initialise>(platform::findLoaded("OPENSSL_init_crypto")))
        static_cast<void>(initialise(initAsync, nullptr));
}

}

void ExitGate::install() noexcept {
    const std::lock_guard lock(mutex);
    beOfThisProcess();
    if (isInstalled) return;
    if (preventCleanup()) {
        isInstalled = true;
        return;
    }
    letOpenSslRegister();
    isInstalled = platform::callAtExit(&ExitGate::close);
}

ExitGate::Pass::Pass(bool speaksTls, Cancellation* cancellation) noexcept
    : cancellation_(cancellation), isGranted_(!speaksTls) {
    if (isGranted_) return;
    const std::lock_guard lock(mutex);
    beOfThisProcess();
    if (isClosed) return;
    next_ = passes;
    passes = this;
    isListed_ = true;
    isGranted_ = true;
}

ExitGate::Pass::~Pass() {
    if (!isListed_) return;
    const std::lock_guard lock(mutex);
    for (Pass** at = &passes; *at != nullptr; at = &(*at)->next_) {
        if (*at != this) continue;
        *at = next_;
        break;
    }
}

void ExitGate::close() noexcept {
    if (process != platform::processId()) return;
    const auto limit = deadlineIn(std::chrono::milliseconds(500));
    {
        const std::lock_guard lock(mutex);
        isClosed = true;
        for (const Pass* pass = passes; pass != nullptr; pass = pass->next_) {
            if (pass->cancellation_ != nullptr) pass->cancellation_->cancel();
        }
    }
    while (std::chrono::steady_clock::now() < limit) {
        {
            const std::lock_guard lock(mutex);
            if (passes == nullptr) return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

}
