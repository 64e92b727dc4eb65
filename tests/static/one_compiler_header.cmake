# cmake -DROOT=<checkout> -P one_compiler_header.cmake
#
# What one compiler alone understands stands in compiler.h, instructions of the processor in instructions.h, and vectors of
# characters in block.h, where each has a branch for MSVC. Rooms that only one operating system compiles may name what its
# compilers have.
cmake_minimum_required(VERSION 3.24)

set(language "__attribute__|__declspec|__forceinline|__builtin_|__asm|[^a-z_]asm[ (]|__int128|\\[\\[(gnu|clang|msvc)::|\\[\\[no_unique_address\\]\\]|_Pragma|#pragma (GCC|clang|warning)|_ReadWriteBarrier|_umul128|__rdtsc|__cpuid|_mm_pause")
set(vectors "[^a-z0-9_](_mm_[a-z]|__m128i|vld1|vst1)|mmintrin\\.h>|<intrin\\.h>|<x86intrin\\.h>|<cpuid\\.h>|<arm_neon\\.h>")
set(rooms sdk encodings network sinks classic juce collector samples/juce_plugin samples/loop_service samples/quickstart examples)

set(wrong "")
set(count 0)
set(found 0)
foreach(room IN LISTS rooms)
  file(GLOB_RECURSE files RELATIVE "${ROOT}" "${ROOT}/${room}/*.h" "${ROOT}/${room}/*.cpp")
  foreach(file IN LISTS files)
    math(EXPR count "${count} + 1")
    set(forbidden "${language}|${vectors}")
    if(file MATCHES "sdk/include/sidespan/detail/(compiler|instructions)\\.h$")
      math(EXPR found "${found} + 1")
      continue()
    elseif(file MATCHES "sidespan/encoding/detail/(block|json_digits)\\.h$")
      set(forbidden "${language}")
    endif()
    file(STRINGS "${ROOT}/${file}" lines REGEX "${forbidden}")
    foreach(line IN LISTS lines)
      string(APPEND wrong "  ${file}: ${line}\n")
    endforeach()
  endforeach()
endforeach()
if(NOT found EQUAL 2 OR count LESS 300)
  message(FATAL_ERROR "${count} files and ${found} headers for compilers were found under ${ROOT}; is it the checkout?")
endif()
if(wrong)
  message(FATAL_ERROR "name these in sdk/include/sidespan/detail/compiler.h or instructions.h:\n${wrong}")
endif()
message(STATUS "${count} files name nothing of one compiler")
