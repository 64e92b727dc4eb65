# clang-cl on Debian, with the options, the macros and the ABI of MSVC, for scripts/check-clang-cl. The headers are those of
# mingw-w64 and of its C++ library, in the place of Microsoft's: they are enough to compile, and nothing can be linked.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
find_program(CMAKE_CXX_COMPILER NAMES clang-cl-14 clang-cl REQUIRED)
set(CMAKE_CXX_COMPILER_TARGET x86_64-pc-windows-msvc)
set(CMAKE_LINKER lld-link)
find_program(CMAKE_AR llvm-lib REQUIRED)
set(CMAKE_MT "")
set(CMAKE_CXX_COMPILER_LAUNCHER "" CACHE STRING "ccache 4.7 loses what clang-cl writes")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

# Those headers want some of what g++ defines. [[msvc::no_unique_address]] is known from clang 18 on.
file(GLOB sidespan_cxx_headers /usr/lib/gcc/x86_64-w64-mingw32/*-posix/include/c++)
string(JOIN " " CMAKE_CXX_FLAGS_INIT
  /EHsc -Wno-ignored-attributes -Wno-unknown-attributes
  -Xclang -fgnuc-version=12.0.0 -D__MINGW32__ -D__MINGW64__ -D__STRICT_ANSI__ -D__SIZEOF_INT128__=16
  /FI${CMAKE_CURRENT_LIST_DIR}/../../tests/static/as_cl/as_cl.h /FI${CMAKE_CURRENT_LIST_DIR}/clang_cl.h
  -imsvc ${sidespan_cxx_headers} -imsvc ${sidespan_cxx_headers}/x86_64-w64-mingw32
  -imsvc /usr/x86_64-w64-mingw32/include)

# Windows 10, as in mingw.cmake.
add_compile_definitions(_WIN32_WINNT=0x0A00 WINVER=0x0A00)

# The libraries are those that mingw.cmake uses. zlib's header must not bring the folder it is in before the C++ library's.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SIDESPAN_WINDOWS_LIBRARIES)
set(ZLIB_USE_STATIC_LIBS ON)
set(ZLIB_INCLUDE_DIR "${SIDESPAN_WINDOWS_LIBRARIES}/include")
set(CMAKE_FIND_ROOT_PATH "${SIDESPAN_WINDOWS_LIBRARIES}" /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
