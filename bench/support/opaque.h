#pragma once

#include <cstdint>
#include <string>

#include <sidespan/detail/compiler.h>

namespace sidespan::bench {

/// Makes the value needed, so that what computes it stays. It stays in a register: no store is measured.
SIDESPAN_ALWAYS_INLINE void need(std::uint64_t value) noexcept {
    asm volatile("" : : "r"(value));
}

/// Makes the text's length and characters unknown to the compiler, as those of a text met at run time are.
SIDESPAN_ALWAYS_INLINE void hide(std::string& text) noexcept {
    asm volatile("" : : "r"(&text) : "memory");
}

}
