#pragma once

// Names for what only a compiler can be told. Attributes and built-in functions of one compiler are named
// here and nowhere else; instructions are in instructions.h.

#if defined(__GNUC__) || defined(__clang__)
#define SIDESPAN_ALWAYS_INLINE inline __attribute__((always_inline))
#define SIDESPAN_INLINE_LAMBDA __attribute__((always_inline))
#define SIDESPAN_NOINLINE __attribute__((noinline))
#define SIDESPAN_COLD __attribute__((cold, noinline))
#define SIDESPAN_HIDDEN __attribute__((visibility("hidden")))
#else
#define SIDESPAN_ALWAYS_INLINE __forceinline
#define SIDESPAN_INLINE_LAMBDA
#define SIDESPAN_NOINLINE __declspec(noinline)
#define SIDESPAN_COLD __declspec(noinline)
#define SIDESPAN_HIDDEN
#endif

// -D_GLIBCXX_DEBUG changes the layout of containers. A function that is marked with this then has another
// symbol, so the linker refuses to mix both. MSVC's linker compares _ITERATOR_DEBUG_LEVEL for that.
#if defined(_GLIBCXX_DEBUG)
#define SIDESPAN_CONTAINER_ABI __attribute__((abi_tag("with_GLIBCXX_DEBUG")))
#else
#define SIDESPAN_CONTAINER_ABI
#endif

// An empty member takes no room. MSVC ignores the standard's attribute, to keep old layouts.
#if defined(_MSC_VER)
#define SIDESPAN_NO_UNIQUE_ADDRESS [[msvc::no_unique_address]]
#else
#define SIDESPAN_NO_UNIQUE_ADDRESS [[no_unique_address]]
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

// Around a call that does not block, but into which clang cannot see. The place of use says why it does not
// block.
#define SIDESPAN_TRUSTED_BEGIN
#define SIDESPAN_TRUSTED_END
#if defined(__clang__)
#if __has_warning("-Wfunction-effects")
#undef SIDESPAN_TRUSTED_BEGIN
#undef SIDESPAN_TRUSTED_END
#define SIDESPAN_TRUSTED_BEGIN \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wfunction-effects\"")
#define SIDESPAN_TRUSTED_END _Pragma("clang diagnostic pop")
#endif
#endif

// Around a function that throws nothing of its own but may pass on what a caller's callable throws: clang 20
// and 21 warn of it.
#define SIDESPAN_MAY_THROW_BEGIN
#define SIDESPAN_MAY_THROW_END
#if defined(__clang__)
#if __has_warning("-Wperf-constraint-implies-noexcept")
#undef SIDESPAN_MAY_THROW_BEGIN
#undef SIDESPAN_MAY_THROW_END
#define SIDESPAN_MAY_THROW_BEGIN     \
    _Pragma("clang diagnostic push") \
        _Pragma("clang diagnostic ignored \"-Wperf-constraint-implies-noexcept\"")
#define SIDESPAN_MAY_THROW_END _Pragma("clang diagnostic pop")
#endif
#endif

// Words for the first line of clang's error, which its pedantry calls an extension. g++ has nothing like the
// first, and says the name of a deleted function.
#if defined(__clang__)
#define SIDESPAN_REFUSE_UNLESS(condition, words)                                          \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wgcc-compat\"") \
        __attribute__((diagnose_if(!(condition), words, "error"))) _Pragma("clang diagnostic pop")
#define SIDESPAN_IS_KNOWN(value) __builtin_constant_p(value)
#define SIDESPAN_REFUSED(words) __attribute__((unavailable(words)))
#else
#define SIDESPAN_REFUSE_UNLESS(condition, words)
#define SIDESPAN_REFUSED(words) = delete
#endif

// A function whose result does not refer to its temporary arguments, which g++ cannot see from outside.
#if __has_cpp_attribute(gnu::no_dangling)
#define SIDESPAN_NO_DANGLING [[gnu::no_dangling]]
#else
#define SIDESPAN_NO_DANGLING
#endif
