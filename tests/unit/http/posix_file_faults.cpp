#include <cerrno>
#include <cstdarg>

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fault_state.h"

namespace {

sidespan::test::FaultState& faults() noexcept {
    return sidespan::test::FaultState::get();
}

bool isRefusedChange() noexcept {
    if (!faults().refusesChange()) return false;
    errno = EROFS;
    return true;
}

}

extern "C" {

int fstatat(int directory, const char* name, struct stat* status, int flags) noexcept {
    if (const auto fault = faults().faultOf(name)) {
        errno = *fault;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_newfstatat, directory, name, status, flags));
}

int openat(int directory, const char* name, int flags, ...) {
    std::va_list rest;
    va_start(rest, flags);
    const auto mode = va_arg(rest, int);
    va_end(rest);
    if (const auto fault = faults().faultOf(name)) {
        errno = *fault;
        return -1;
    }
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0 && isRefusedChange()) return -1;
    return static_cast<int>(::syscall(SYS_openat, directory, name, flags, mode));
}

int unlinkat(int directory, const char* name, int flags) noexcept {
    faults().count();
    if (isRefusedChange()) return -1;
    return static_cast<int>(::syscall(SYS_unlinkat, directory, name, flags));
}

int renameat(int from, const char* name, int to, const char* newName) noexcept {
    faults().count();
    if (isRefusedChange()) return -1;
    return static_cast<int>(::syscall(SYS_renameat, from, name, to, newName));
}

dirent* readdir(DIR* stream) {
    using Function = decltype(&readdir);
    static const auto next = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "readdir"));
    faults().count();
    return next(stream);
}

int flock(int file, int operation) noexcept {
    if (faults().areLocksThere) return static_cast<int>(::syscall(SYS_flock, file, operation));
    errno = ENOLCK;
    return -1;
}

int mkdirat(int directory, const char* name, mode_t mode) noexcept {
    faults().count();
    if (isRefusedChange()) return -1;
    return static_cast<int>(::syscall(SYS_mkdirat, directory, name, mode));
}
}

namespace sidespan::test {

void replaceFileCalls() {}  // the linker has

}
