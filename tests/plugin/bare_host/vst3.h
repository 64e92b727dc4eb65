#pragma once

#include "module.h"

namespace barehost {

/// Makes an instance of the VST3's effect, has it play a second of silence, and destroys it. Throws
/// std::runtime_error.
void playVst3(const Module& module);

}
