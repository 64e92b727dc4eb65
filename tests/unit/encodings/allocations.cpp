#include "allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

#if COUNTS_ALLOCATIONS

namespace {
std::atomic<std::size_t> allocated{0};
}

std::size_t allocationCount() noexcept {
    return allocated.load();
}

void* operator new(std::size_t size) {
    ++allocated;
    if (void* storage = std::malloc(size == 0 ? 1 : size)) return storage;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocated;
    return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* storage) noexcept {
    std::free(storage);
}
void operator delete(void* storage, std::size_t) noexcept {
    std::free(storage);
}

#endif
