#include "interposed_calls.h"

#include <dlfcn.h>
#include <pthread.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

// What glibc's own malloc is called beside its public name.
extern "C" {
void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;
void* __libc_realloc(void* storage, std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;
void __libc_free(void* storage) noexcept;
}

namespace {

using sidespan::test::CallCounts;

// In the program itself, so that its first use allocates nothing.
thread_local constinit CallCounts counts;

template <class Function>
Function* next(const char* name) noexcept {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

void* allocate(std::size_t size) {
    if (void* storage = std::malloc(size == 0 ? 1 : size)) return storage;
    throw std::bad_alloc();
}
void* allocate(std::size_t size, std::align_val_t alignment) {
    if (void* storage = ::aligned_alloc(static_cast<std::size_t>(alignment), size)) return storage;
    throw std::bad_alloc();
}

}

namespace sidespan::test {

CallCounts callCounts() noexcept {
    return counts;
}

}

#define INTERPOSED extern "C" __attribute__((visibility("default")))

INTERPOSED void* malloc(std::size_t size) noexcept {
    ++counts.allocations;
    return __libc_malloc(size);
}
INTERPOSED void* calloc(std::size_t count, std::size_t size) noexcept {
    ++counts.allocations;
    return __libc_calloc(count, size);
}
INTERPOSED void* realloc(void* storage, std::size_t size) noexcept {
    ++counts.allocations;
    return __libc_realloc(storage, size);
}
INTERPOSED void* memalign(std::size_t alignment, std::size_t size) noexcept {
    ++counts.allocations;
    return __libc_memalign(alignment, size);
}
INTERPOSED void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    ++counts.allocations;
    return __libc_memalign(alignment, size);
}
INTERPOSED int posix_memalign(void** storage, std::size_t alignment, std::size_t size) noexcept {
    ++counts.allocations;
    *storage = __libc_memalign(alignment, size);
    return *storage == nullptr ? ENOMEM : 0;
}
INTERPOSED void free(void* storage) noexcept {
    ++counts.releases;
    __libc_free(storage);
}

INTERPOSED int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
    static auto* const real = next<int(pthread_mutex_t*)>("pthread_mutex_lock");
    ++counts.locks;
    return real(mutex);
}
INTERPOSED int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
    static auto* const real = next<int(pthread_mutex_t*)>("pthread_mutex_trylock");
    ++counts.locks;
    return real(mutex);
}
INTERPOSED int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
    static auto* const real = next<int(pthread_mutex_t*)>("pthread_mutex_unlock");
    ++counts.locks;
    return real(mutex);
}
INTERPOSED int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
    static auto* const real = next<int(pthread_cond_t*, pthread_mutex_t*)>("pthread_cond_wait");
    ++counts.conditions;
    return real(condition, mutex);
}
INTERPOSED int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                      const timespec* until) {
    static auto* const real =
        next<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)>("pthread_cond_timedwait");
    ++counts.conditions;
    return real(condition, mutex, until);
}
INTERPOSED int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                                      const timespec* until) {
    static auto* const real =
        next<int(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*)>("pthread_cond_clockwait");
    ++counts.conditions;
    return real(condition, mutex, clock, until);
}
INTERPOSED int pthread_cond_signal(pthread_cond_t* condition) noexcept {
    static auto* const real = next<int(pthread_cond_t*)>("pthread_cond_signal");
    ++counts.conditions;
    return real(condition);
}
INTERPOSED int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
    static auto* const real = next<int(pthread_cond_t*)>("pthread_cond_broadcast");
    ++counts.conditions;
    return real(condition);
}

void* operator new(std::size_t size) {
    return allocate(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, alignment);
}
void operator delete(void* storage) noexcept {
    std::free(storage);
}
void operator delete(void* storage, std::size_t) noexcept {
    std::free(storage);
}
void operator delete(void* storage, std::align_val_t) noexcept {
    std::free(storage);
}
void operator delete(void* storage, std::size_t, std::align_val_t) noexcept {
    std::free(storage);
}
