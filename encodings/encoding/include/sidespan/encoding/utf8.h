#pragma once

/// UTF-8 for encodings and those who read them: `toValidUtf8()`, `utf8SequenceAt()`, `countCodePoints()`.
#include <sidespan/detail/utf8.h>
