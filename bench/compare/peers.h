#pragma once

#include <string>

namespace sidespan::bench {

// Each registers a peer's benchmarks and says what is measured: its version, or why it is absent after all.
[[nodiscard]] std::string registerSynchronous();
[[nodiscard]] std::string registerLttng();
[[nodiscard]] std::string registerOpenTelemetry();

}
