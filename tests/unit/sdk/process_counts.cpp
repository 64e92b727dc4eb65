#include "process_counts.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <thread>

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

bool threadsBecome(std::size_t expected) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (countThreads() != expected) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

}
