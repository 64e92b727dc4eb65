#pragma once

#include <string>

#include "module.h"

namespace barehost {

/// Makes an instance of the LV2, prepares it to play, and destroys it. `bundle` is its folder. Throws
/// std::runtime_error.
void playLv2(const Module& module, const std::string& bundle);

}
