#include "allocation_count.h"

#include <cerrno>
#include <cstddef>

namespace {

thread_local std::uint64_t count = 0;

}

namespace sidespan::bench {

std::uint64_t allocations() noexcept {
    return count;
}

}

#if defined(__GLIBC__)

// The names under which glibc keeps its own.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

[[gnu::visibility("default")]] void* malloc(std::size_t size) {
    ++count;
    return __libc_malloc(size);
}
[[gnu::visibility("default")]] void* calloc(std::size_t items, std::size_t size) {
    ++count;
    return __libc_calloc(items, size);
}
[[gnu::visibility("default")]] void* realloc(void* memory, std::size_t size) {
    ++count;
    return __libc_realloc(memory, size);
}
[[gnu::visibility("default")]] void* memalign(std::size_t alignment, std::size_t size) {
    ++count;
    return __libc_memalign(alignment, size);
}
[[gnu::visibility("default")]] void* aligned_alloc(std::size_t alignment, std::size_t size) {
    ++count;
    return __libc_memalign(alignment, size);
}
[[gnu::visibility("default")]] int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
    ++count;
    *memory = __libc_memalign(alignment, size);
    return *memory == nullptr ? ENOMEM : 0;
}
}

#endif
