#pragma once

#include <functional>
#include <string>

#include <sidespan/outcome.h>

#include "recording.h"

namespace loopshare {

/// Told now and then during long work how much of it is done, 0 to 1; answers whether to go on.
using Continues = std::function<bool(double done)>;

/// How many bits a sample has in the FLAC made of a recording: 16, or 24 for everything finer.
[[nodiscard]] int flacBitsPerSample(const Recording& recording);

/// Encodes to FLAC, without loss for whole numbers of up to 24 bits. Asks `continues` before every second of
/// sound, and gives up with ErrorCode::cancelled. Any thread but a realtime one.
[[nodiscard]] sidespan::Outcome<std::string> encodeFlac(const Recording& recording,
                                                        const Continues& continues);

}
