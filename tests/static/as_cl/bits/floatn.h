#pragma once

// In the place of glibc's: Microsoft's ABI has no __float128. From glibc 2.41 on, its header would use it.

#define __HAVE_FLOAT128 0
#define __HAVE_DISTINCT_FLOAT128 0
#define __HAVE_FLOAT64X 0
#define __HAVE_FLOAT64X_LONG_DOUBLE 0
#include <bits/floatn-common.h>
