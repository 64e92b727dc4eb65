#pragma once

// Read before everything by clang-cl, with mingw-w64's headers: what they have another way for MSVC, and
// what they and clang's own intrin.h both define.

#include <_mingw.h>
#undef __MINGW_IMPORT
#define __MINGW_IMPORT extern

#include <setjmp.h>
#define _setjmp _setjmp_of_clang
#include <intrin.h>
#undef _setjmp

#define __INTRINSIC_DEFINED___movsb
#define __INTRINSIC_DEFINED___movsw
#define __INTRINSIC_DEFINED___movsd
#define __INTRINSIC_DEFINED___movsq
#define __INTRINSIC_DEFINED___stosw
#define __INTRINSIC_DEFINED___stosd
#define __INTRINSIC_DEFINED___stosq
