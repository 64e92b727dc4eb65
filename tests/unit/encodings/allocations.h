#pragma once

#include <cstddef>

// ThreadSanitizer brings an operator new of its own, which cannot be replaced.
#if defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef COUNTS_ALLOCATIONS
#define COUNTS_ALLOCATIONS 1
#endif

/// How often this program has called operator new so far, on any thread. Needs COUNTS_ALLOCATIONS.
std::size_t allocationCount() noexcept;
