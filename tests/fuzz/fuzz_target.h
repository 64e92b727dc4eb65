#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// What libFuzzer and the replay of a corpus call.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

inline std::string_view asText(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program, which is how a fuzz target fails, when a law does not hold.
inline void mustHold(bool isTrue, const char* law) {
    if (isTrue) return;
    std::fprintf(stderr, "does not hold: %s\n", law);
    std::abort();
}
