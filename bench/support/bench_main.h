#pragma once

namespace sidespan::bench {

/// Runs the registered benchmarks as the arguments say; what main() returns. Adds compiler, flags, processor
/// and kernel to the context of every report. A benchmark that failed to measure makes it non-zero.
[[nodiscard]] int benchMain(int argc, char** argv);

}
