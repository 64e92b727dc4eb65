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

// What is registered last is called first: OpenSSL's part, where curl uses OpenSSL, has to be before ours,
// and ours before that of a static recorder, which then delivers what it has. Without any option nothing
// would be registered; this one asks for two thread-local keys. The rest is for curl to initialise.
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
    letOpenSslRegister();
    isInstalled = platform::callAtExit(&ExitGate::close);
}

ExitGate::Pass::Pass(Cancellation* cancellation) noexcept : cancellation_(cancellation) {
    const std::lock_guard lock(mutex);
    beOfThisProcess();
    if (isClosed) return;
    next_ = passes;
    passes = this;
    isGranted_ = true;
}

ExitGate::Pass::~Pass() {
    if (!isGranted_) return;
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
