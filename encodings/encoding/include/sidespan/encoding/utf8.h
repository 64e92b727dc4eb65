#pragma once

/// UTF-8 for encodings and their readers: `toValidUtf8()`, `utf8SequenceAt()`, `countCodePoints()`.
#include <sidespan/detail/utf8_text.h>
