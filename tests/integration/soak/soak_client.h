#pragma once

#include <cstdint>
#include <string>

namespace sidespan::test {

/// The name that every span of a soak has; its attributes "run" and "n" say which one it is.
inline constexpr const char* soakSpanName = "soak.span";

enum class SoakEnd {
    killed,     ///< records until somebody kills it
    delivered,  ///< records a little, and ends when the outbox directory holds nothing any more
    denied,     ///< records a little, denies consent, and ends
};

/// A client process of the soak: records spans into an outbox directory under `run`, and writes to standard
/// output, 8 bytes each time, how many of its spans are durable by now.
[[noreturn]] void runSoakClient(const std::string& endpoint, const std::string& directory, std::int64_t run,
                                SoakEnd end);

}
