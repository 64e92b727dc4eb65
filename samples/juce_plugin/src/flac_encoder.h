#pragma once

#include <functional>
#include <string>

#include <sidespan/outcome.h>

#include "recording.h"

namespace loopshare {

/// Asked now and then during long work: whether to give it up.
using ShouldStop = std::function<bool()>;

/// How many bits a sample has in the FLAC made of a recording: 16, or 24 for everything finer.
[[nodiscard]] int flacBitsPerSample(const Recording& recording);

/// Encodes to FLAC, without loss for whole numbers of up to 24 bits. Asks `shouldStop` before every second of
/// sound, and gives up with ErrorCode::cancelled. Any thread but a realtime one.
[[nodiscard]] sidespan::Outcome<std::string> encodeFlac(const Recording& recording,
                                                        const ShouldStop& shouldStop);

}
