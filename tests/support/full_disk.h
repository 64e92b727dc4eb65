#pragma once

#include <cstdint>

#ifndef _WIN32
#include <csignal>

#include <sys/resource.h>
#endif

namespace sidespan::test {

#ifdef _WIN32

/// A full disk while this object exists: no file of this process can grow beyond `room` bytes. Bytes that
/// still fit are written.
class FullDisk {
public:
    explicit FullDisk(std::uint64_t room);
    ~FullDisk();
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
};

#else

/// A full disk while this object exists: no file of this process can grow beyond `room` bytes.
class FullDisk {
public:
    explicit FullDisk(std::uint64_t room) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &usual_);
        const rlimit full{static_cast<rlim_t>(room), usual_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &full);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &usual_);
        std::signal(SIGXFSZ, handler_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit usual_{};
    void (*handler_)(int);
};

#endif

}
