# Programs for Linux on 64-bit ARM, built with Debian's compiler for it and run with qemu-user. `scripts/test --arm64` uses
# it, and `scripts/arm64-root` makes the root: Debian's libraries for that machine.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)

list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SIDESPAN_ARM64_ROOT)
set(CMAKE_SYSROOT "${SIDESPAN_ARM64_ROOT}")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L "${SIDESPAN_ARM64_ROOT}")

# Programs are this machine's, all else is in the root.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
