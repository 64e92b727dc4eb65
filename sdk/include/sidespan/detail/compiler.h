#pragma once

// What only a compiler can be told, under names that say why.

#if defined(__GNUC__) || defined(__clang__)
#define SIDESPAN_ALWAYS_INLINE inline __attribute__((always_inline))
#define SIDESPAN_INLINE_LAMBDA __attribute__((always_inline))
#define SIDESPAN_COLD __attribute__((cold, noinline))
#define SIDESPAN_HIDDEN __attribute__((visibility("hidden")))
#else
#define SIDESPAN_ALWAYS_INLINE __forceinline
#define SIDESPAN_INLINE_LAMBDA
#define SIDESPAN_COLD __declspec(noinline)
#define SIDESPAN_HIDDEN
#endif

// Functions the audio thread may call. Clang 20 and later check the promise (-Wfunction-effects,
// RealtimeSanitizer).
#if defined(__has_cpp_attribute) && defined(__clang__)
#if __has_cpp_attribute(clang::nonblocking)
#define SIDESPAN_NONBLOCKING [[clang::nonblocking]]
#endif
#endif
#ifndef SIDESPAN_NONBLOCKING
#define SIDESPAN_NONBLOCKING
#endif
