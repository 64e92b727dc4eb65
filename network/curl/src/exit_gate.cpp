#include "exit_gate.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <thread>

#include <sidespan/deadline.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/platform.h>

#include "curl_library.h"

namespace sidespan::inline v0::detail {
namespace {

// Neither constructed nor destroyed at run time: threads may come here until the process is gone.
constinit std::mutex mutex;
constinit ExitGate::Pass* passes = nullptr;
constinit std::atomic<std::uint64_t> process =
    0;  // the process of `passes`; a forked child begins without any
constinit bool isClosed = false;

void beOfThisProcess() noexcept {
    if (const auto here = platform::processId(); here != process) {
        process = here;
        passes = nullptr;
    }
}

// The functions of OpenSSL that decide on its cleanup at exit.
struct OpenSsl {
    using Find = void* (*)(const char* name) noexcept;
    explicit OpenSsl(Find find) noexcept
        : initialise(reinterpret_cast<Initialise>(find("OPENSSL_init_crypto"))),
          setAllocator(reinterpret_cast<SetAllocator>(find("CRYPTO_set_mem_functions"))) {}

    [[nodiscard]] bool isThere() const noexcept { return initialise != nullptr && setAllocator != nullptr; }

    // Tells OpenSSL never to clean up. It obeys only its first user, so this returns false if it was used
    // before. OpenSSL accepts another allocator only until it first allocates, which shows whether it was
    // used.
    [[nodiscard]] bool preventCleanup() const noexcept {
        constexpr std::uint64_t noAtExit = 0x00080000;                      // OPENSSL_INIT_NO_ATEXIT
        const bool isFirst = setAllocator(nullptr, nullptr, nullptr) == 1;  // nulls change nothing
        return isFirst && initialise(noAtExit, nullptr) == 1;
    }

    // Has OpenSSL register its cleanup now, before close() is registered: what is registered last is called
    // first. Without an option it would register nothing; this option only makes two thread-local keys. curl
    // initialises the rest.
    void letRegister() const noexcept {
        constexpr std::uint64_t initAsync = 0x100;  // OPENSSL_INIT_ASYNC
        static_cast<void>(initialise(initAsync, nullptr));
    }

    using Initialise = int (*)(std::uint64_t options, const void* settings);
    using SetAllocator = int (*)(void* allocate, void* reallocate, void* release);
    Initialise initialise;
    SetAllocator setAllocator;
};
constinit OpenSsl::Initialise installedFor = nullptr;  // the OpenSSL that the gate is installed for
constinit bool isInstalled = false;                    // for another TLS library

void installFor(const OpenSsl& openSsl, void (*close)()) noexcept {
    if (installedFor == openSsl.initialise || openSsl.preventCleanup()) {
        installedFor = openSsl.initialise;
        return;
    }
    openSsl.letRegister();
    if (platform::callAtExit(close)) installedFor = openSsl.initialise;
}

// libcurl may use another TLS library although OpenSSL is loaded, too.
bool isTlsOfOpenSsl() noexcept {
    const char* const tls = curl().version_info(CURLVERSION_NOW)->ssl_version;
    return tls != nullptr && std::string_view(tls).starts_with("OpenSSL");
}

}

void ExitGate::expect() noexcept {
    const std::lock_guard lock(mutex);
    beOfThisProcess();
    if (const OpenSsl openSsl(&CurlLibrary::findInOpenSsl); openSsl.isThere()) installFor(openSsl, &close);
}

SIDESPAN_COLD void ExitGate::install() noexcept {
    const std::lock_guard lock(mutex);
    beOfThisProcess();
    if (const OpenSsl openSsl(&CurlLibrary::find); openSsl.isThere() && isTlsOfOpenSsl()) {
        installFor(openSsl, &close);
    } else if (!isInstalled) {
        isInstalled = platform::callAtExit(&close);
    }
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

SIDESPAN_COLD void ExitGate::close() noexcept {
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
