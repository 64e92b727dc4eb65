#pragma once

#include <string>

namespace sidespan::bench {

/// Processor time that this process has used.
[[nodiscard]] double processorSeconds();
/// The same of another process, by its id.
[[nodiscard]] double processorSeconds(const std::string& process);

}
