#pragma once

// Read before everything where clang reads headers as cl.exe would: with Microsoft's ABI and macros, over
// this machine's C++ library, which knows neither. What that library wants of g++, and what Microsoft's
// declares.

#define __GCC_ATOMIC_TEST_AND_SET_TRUEVAL 1
#define __GCC_ATOMIC_BOOL_LOCK_FREE 2
#define __GCC_ATOMIC_CHAR_LOCK_FREE 2
#define __GCC_ATOMIC_CHAR8_T_LOCK_FREE 2
#define __GCC_ATOMIC_CHAR16_T_LOCK_FREE 2
#define __GCC_ATOMIC_CHAR32_T_LOCK_FREE 2
#define __GCC_ATOMIC_WCHAR_T_LOCK_FREE 2
#define __GCC_ATOMIC_SHORT_LOCK_FREE 2
#define __GCC_ATOMIC_INT_LOCK_FREE 2
#define __GCC_ATOMIC_LONG_LOCK_FREE 2
#define __GCC_ATOMIC_LLONG_LOCK_FREE 2
#define __GCC_ATOMIC_POINTER_LOCK_FREE 2
#define __MM_MALLOC_H

extern "C" unsigned long long _byteswap_uint64(unsigned long long value);

// cl.exe itself, which is not clang; its instructions are declared by clang's own header.
#ifdef SIDESPAN_AS_CL_ITSELF
#include <intrin.h>

#include <emmintrin.h>
#undef __clang__
#endif
