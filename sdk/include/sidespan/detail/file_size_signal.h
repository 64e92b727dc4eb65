#pragma once

#if !defined(_WIN32)
#include <cerrno>
#include <ctime>

#include <signal.h>
#endif

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// While it is there, a write beyond RLIMIT_FSIZE fails on this thread with EFBIG and raises no SIGXFSZ,
/// which would end the host. One thread, for the length of a write.
#if defined(_WIN32)
class FileSizeSignalBlock {
public:
    FileSizeSignalBlock() noexcept {}
};
#else
class FileSizeSignalBlock {
public:
    FileSizeSignalBlock() noexcept : wasPending_(isPending()) {
        sigemptyset(&signal_);
        sigaddset(&signal_, SIGXFSZ);
        ::pthread_sigmask(SIG_BLOCK, &signal_, &before_);
    }
    ~FileSizeSignalBlock() {
        const int result = errno;  // of the write
        if (!wasPending_ && isPending()) take();
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
        errno = result;
    }
    FileSizeSignalBlock(const FileSizeSignalBlock&) = delete;
    FileSizeSignalBlock& operator=(const FileSizeSignalBlock&) = delete;

private:
    [[nodiscard]] static bool isPending() noexcept {
        sigset_t pending;
        return ::sigpending(&pending) == 0 && sigismember(&pending, SIGXFSZ) == 1;
    }
    void take() const noexcept {
#if defined(__APPLE__)
        int taken = 0;
        ::sigwait(&signal_, &taken);
#else
        const std::timespec now{};
        ::sigtimedwait(&signal_, nullptr, &now);
#endif
    }

    sigset_t signal_{};
    sigset_t before_{};
    const bool wasPending_;
};
#endif

}
