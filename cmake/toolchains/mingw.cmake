# Windows programs, built on Debian with mingw-w64 and run there with wine. `scripts/test --windows` uses it.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
set(CMAKE_CROSSCOMPILING_EMULATOR /usr/lib/wine/wine64)

# Nothing beside the program is needed to run it: no DLL of the compiler's, and none of zlib's.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_SHARED_LINKER_FLAGS_INIT -static)
set(CMAKE_MODULE_LINKER_FLAGS_INIT -static)
set(ZLIB_USE_STATIC_LIBS ON)

# Windows 10: named threads and waitable timers of high resolution.
add_compile_definitions(_WIN32_WINNT=0x0A00 WINVER=0x0A00)

# What mingw/ has built, beside what Debian has for this system. Programs are this machine's.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SIDESPAN_WINDOWS_LIBRARIES)
set(CMAKE_FIND_ROOT_PATH "${SIDESPAN_WINDOWS_LIBRARIES}" /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
