#include "file_faults.h"

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<bool> isFaulty{false};
std::atomic<bool> isReadOnlyDisk{false};
std::atomic<bool> areLocksThere{true};
std::atomic<std::uint64_t> fileCalls{0};
std::atomic<std::uint64_t> refusedCalls{0};
std::mutex faultMutex;
std::string faultySuffix;
int faultError = 0;
int faultTimes = 0;

// The error of a call for that name, if it is to fail.
std::optional<int> faultOf(std::string_view name) {
    ++fileCalls;
    if (!isFaulty) return std::nullopt;
    const std::lock_guard lock(faultMutex);
    if (faultTimes == 0 || !name.ends_with(faultySuffix)) return std::nullopt;
    --faultTimes;
    ++refusedCalls;
    return faultError;
}

bool isRefusedChange() {
    ++fileCalls;
    if (!isReadOnlyDisk) return false;
    ++refusedCalls;
    errno = EROFS;
    return true;
}

}

extern "C" {

int fstatat(int directory, const char* name, struct stat* status, int flags) noexcept {
    if (const auto fault = faultOf(name)) {
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
    if (const auto fault = faultOf(name)) {
        errno = *fault;
        return -1;
    }
    if (isReadOnlyDisk && (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0) {
        isRefusedChange();
        return -1;
    }
    return static_cast<int>(::syscall(SYS_openat, directory, name, flags, mode));
}

int unlinkat(int directory, const char* name, int flags) noexcept {
    if (isRefusedChange()) return -1;
    return static_cast<int>(::syscall(SYS_unlinkat, directory, name, flags));
}

int renameat(int from, const char* name, int to, const char* newName) noexcept {
    if (isRefusedChange()) return -1;
    return static_cast<int>(::syscall(SYS_renameat, from, name, to, newName));
}

dirent* readdir(DIR* stream) {
    using Function = decltype(&readdir);
    static const auto next = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "readdir"));
    ++fileCalls;
    return next(stream);
}

int flock(int file, int operation) noexcept {
    if (areLocksThere) return static_cast<int>(::syscall(SYS_flock, file, operation));
    errno = ENOLCK;
    return -1;
}

int mkdirat(int directory, const char* name, mode_t mode) noexcept {
    if (isRefusedChange()) return -1;
    return static_cast<int>(::syscall(SYS_mkdirat, directory, name, mode));
}
}

namespace sidespan::test {

FileFaults::FileFaults() {
    refusedCalls = 0;
    fileCalls = 0;
}

FileFaults::~FileFaults() {
    heal();
}

void FileFaults::refuse(std::string suffix, int error, int times) {
    const std::lock_guard lock(faultMutex);
    faultySuffix = std::move(suffix);
    faultError = error;
    faultTimes = times;
    isFaulty = true;
}

void FileFaults::makeReadOnly(bool isReadOnly) {
    isReadOnlyDisk = isReadOnly;
}

void FileFaults::refuseLocks() {
    areLocksThere = false;
}

void FileFaults::heal() {
    isFaulty = false;
    isReadOnlyDisk = false;
    areLocksThere = true;
}

std::uint64_t FileFaults::calls() const {
    return fileCalls;
}

std::uint64_t FileFaults::refused() const {
    return refusedCalls;
}

}
