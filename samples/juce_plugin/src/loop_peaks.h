#pragma once

#include <cstdint>
#include <deque>

#include "loop_buffer.h"

namespace loopshare {

/// What a LoopBuffer holds, as bars of a tenth of a second for drawing. It reads only what is new since it
/// last looked.
///
/// One thread, which is not the audio thread; the buffer may be written meanwhile.
class LoopPeaks {
public:
    static constexpr double barSeconds = 0.1;

    /// Follows the last `seconds`.
    explicit LoopPeaks(double seconds);

    /// Takes over what has been written; false when there was nothing.
    bool follow(const LoopBuffer& loop);

    /// The greatest magnitude in each bar, oldest first; the last one may have just begun.
    [[nodiscard]] const std::deque<float>& bars() const noexcept { return bars_; }
    /// How much of the last bar is there, 0 to 1.
    [[nodiscard]] double lastBar() const noexcept;

private:
    void begin(const LoopBuffer::Held& held);
    void add(std::int64_t bar, float peak);

    const std::int64_t maxBars_;
    std::deque<float> bars_;
    unsigned preparation_ = 0;
    std::int64_t framesInBar_ = 1;
    std::int64_t newest_ = 0;  // the number of the last bar
    std::int64_t seen_ = 0;    // frames
};

}
