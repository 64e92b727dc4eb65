#include "failing_memory.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <new>
#include <string_view>

#include <pthread.h>

namespace {

constexpr std::uint64_t never = ~std::uint64_t{0};
std::atomic<std::uint64_t> asked{0};
std::atomic<std::uint64_t> firstToFail{never};
std::atomic<std::uint64_t> lastToFail{never};
std::atomic<const char*> failingThread{nullptr};

bool isOnFailingThread() noexcept {
    const char* const wanted = failingThread.load();
    if (wanted == nullptr) return true;
    std::array<char, 16> name{};
    return ::pthread_getname_np(::pthread_self(), name.data(), name.size()) == 0 &&
           std::string_view(name.data()) == wanted;
}

bool mayAllocate() noexcept {
    if (firstToFail.load() == never || !isOnFailingThread()) return true;
    const std::uint64_t number = ++asked;
    return number < firstToFail.load() || number > lastToFail.load();
}

void* allocate(std::size_t size) noexcept {
    return mayAllocate() ? std::malloc(size == 0 ? 1 : size) : nullptr;
}

void* allocate(std::size_t size, std::align_val_t alignment) noexcept {
    const auto step = static_cast<std::size_t>(alignment);
    return mayAllocate() ? std::aligned_alloc(step, (size + step - 1) / step * step) : nullptr;
}

template <class... Alignment>
void* allocateOrThrow(std::size_t size, Alignment... alignment) {
    void* const memory = allocate(size, alignment...);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}

void* operator new(std::size_t size) {
    return allocateOrThrow(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocateOrThrow(size, alignment);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

// The linker puts these in the place of realloc().
extern "C" {
void* __real_realloc(void* memory, std::size_t size);
void* __wrap_realloc(void* memory, std::size_t size) {
    return mayAllocate() ? __real_realloc(memory, size) : nullptr;
}
}

namespace sidespan::test {

FailingMemory::FailingMemory(std::uint64_t nth, std::uint64_t count, const char* thread) noexcept {
    asked = 0;
    failingThread = thread;
    lastToFail = count > never - nth ? never : nth + count - 1;
    firstToFail = nth;
}

FailingMemory::~FailingMemory() {
    firstToFail = never;
}

bool FailingMemory::hasFailed() const noexcept {
    return asked.load() >= firstToFail.load();
}

}
