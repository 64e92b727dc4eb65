#pragma once

#include "answer.h"

namespace sidespan::collector {

/// The page, with a policy that lets the browser run its own script and style, talk to this server, and
/// nothing else.
[[nodiscard]] Answer pageAnswer();

}
