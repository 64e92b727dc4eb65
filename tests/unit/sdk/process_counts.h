#pragma once

#include <cstddef>
#include <cstdint>

namespace sidespan::test {

/// Threads of this process, as the system lists them.
[[nodiscard]] std::size_t countThreads();

/// Open file descriptors, or handles, of this process, as the system lists them.
[[nodiscard]] std::size_t countFileDescriptors();

/// How often this process asked the system for randomness by getentropy(); the test program puts its own in
/// place of libc's. On Windows always 0.
[[nodiscard]] std::uint64_t countEntropyCalls();

/// Whether the number of threads comes to be `expected`: the system may list a thread for a moment after it
/// was joined.
[[nodiscard]] bool threadsBecome(std::size_t expected);

}
