#include "thread_count.h"

#include <atomic>

#include <dlfcn.h>
#include <pthread.h>

namespace {

std::atomic<std::uint64_t> started{0};

}

namespace sidespan::bench {

std::uint64_t threadsStarted() noexcept {
    return started.load();
}

}

// Stands before the system's.
extern "C" [[gnu::visibility("default")]] int pthread_create(pthread_t* thread,
                                                             const pthread_attr_t* attributes,
                                                             void* (*body)(void*), void* argument) noexcept {
    using Create = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
    static auto* const create = reinterpret_cast<Create*>(dlsym(RTLD_NEXT, "pthread_create"));
    ++started;
    return create(thread, attributes, body, argument);
}
