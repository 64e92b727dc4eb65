#include "process_counts.h"

#if defined(_WIN32)
#include <windows.h>
// after windows.h
#include <tlhelp32.h>
#else
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <thread>

#if defined(_WIN32)
namespace sidespan::test {

std::size_t countThreads() {
    const HANDLE all = ::CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 entry{};
    entry.dwSize = sizeof entry;
    std::size_t count = 0;
    for (BOOL isOne = ::Thread32First(all, &entry); isOne != 0; isOne = ::Thread32Next(all, &entry))
        count += entry.th32OwnerProcessID == ::GetCurrentProcessId() ? 1 : 0;
    ::CloseHandle(all);
    return count;
}

std::size_t countFileDescriptors() {
    DWORD count = 0;
    ::GetProcessHandleCount(::GetCurrentProcess(), &count);
    return count;
}

std::uint64_t countEntropyCalls() {
    return 0;  // no function of the system's can be replaced there
}

}
#else
namespace {

std::atomic<std::uint64_t> entropyCalls{0};

std::size_t countEntries(const char* directory) {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(directory), std::filesystem::directory_iterator()));
}

}

extern "C" __attribute__((visibility("default"))) int getentropy(void* buffer, std::size_t size) {
    entropyCalls.fetch_add(1);
    return ::syscall(SYS_getrandom, buffer, size, 0) == static_cast<long>(size) ? 0 : -1;
}

namespace sidespan::test {

std::size_t countThreads() {
    return countEntries("/proc/self/task");
}

std::size_t countFileDescriptors() {
    return countEntries("/proc/self/fd");
}

std::uint64_t countEntropyCalls() {
    return entropyCalls.load();
}

}
#endif

namespace sidespan::test {

bool threadsBecome(std::size_t expected) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (countThreads() != expected) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

}
