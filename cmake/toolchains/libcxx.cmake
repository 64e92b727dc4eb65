# clang and libc++, the standard library of macOS, on Debian. `scripts/test --libcxx` uses it.
find_program(SIDESPAN_CLANG NAMES clang++-16 clang++ REQUIRED)
set(CMAKE_CXX_COMPILER "${SIDESPAN_CLANG}")
set(CMAKE_CXX_FLAGS_INIT -stdlib=libc++)

# What libraries/ has built.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SIDESPAN_LIBCXX_LIBRARIES)
list(PREPEND CMAKE_PREFIX_PATH "${SIDESPAN_LIBCXX_LIBRARIES}")
