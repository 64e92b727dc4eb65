#pragma once

#if defined(__has_feature)
#define SIDESPAN_TEST_HAS_FEATURE(name) __has_feature(name)
#else
#define SIDESPAN_TEST_HAS_FEATURE(name) 0
#endif

/// Which sanitizer watches this program. They make it slow, remember everything, and forbid some things.
namespace sidespan::test {

#if defined(__SANITIZE_THREAD__) || SIDESPAN_TEST_HAS_FEATURE(thread_sanitizer)
inline constexpr bool isThreadSanitized = true;
#else
inline constexpr bool isThreadSanitized = false;
#endif
#if defined(__SANITIZE_ADDRESS__) || SIDESPAN_TEST_HAS_FEATURE(address_sanitizer)
inline constexpr bool isSanitized = true;
#else
inline constexpr bool isSanitized = isThreadSanitized;
#endif

/// How often a test repeats what it does with numbers that it draws. A sanitizer finds in a few what it finds
/// at all; a build without one does all.
constexpr int repeats(int all) {
    return isSanitized ? all / 10 : all;
}

}
