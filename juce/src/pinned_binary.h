#pragma once

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// Keeps the plugin, or whatever this is linked into, loaded until the process ends: for a thread that cannot
/// be waited for. [any thread]
void pinThisBinary() noexcept;

}
