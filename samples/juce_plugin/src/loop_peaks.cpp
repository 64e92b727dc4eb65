#include "loop_peaks.h"

#include <algorithm>
#include <cmath>

namespace loopshare {

LoopPeaks::LoopPeaks(double seconds)
    : maxBars_(static_cast<std::int64_t>(std::ceil(seconds / barSeconds)) + 1) {}

bool LoopPeaks::follow(const LoopBuffer& loop) {
    const auto held = loop.held();
    if (held.preparation != preparation_) begin(held);
    const auto oldest = std::max(held.begin, (held.end / framesInBar_ - maxBars_ + 1) * framesInBar_);
    if (seen_ < oldest) bars_.clear();  // too much has been written since
    auto at = std::max(seen_, oldest);
    const bool isNew = at < held.end;
    while (at < held.end) {
        const auto bar = at / framesInBar_;
        const auto end = std::min(held.end, (bar + 1) * framesInBar_);
        add(bar, loop.peak(at, end));
        at = end;
    }
    seen_ = held.end;
    return isNew;
}

double LoopPeaks::lastBar() const noexcept {
    return static_cast<double>(seen_ - newest_ * framesInBar_) / static_cast<double>(framesInBar_);
}

void LoopPeaks::begin(const LoopBuffer::Held& held) {
    bars_.clear();
    preparation_ = held.preparation;
    framesInBar_ = std::max<std::int64_t>(1, std::llround(held.sampleRate * barSeconds));
    seen_ = 0;
}

void LoopPeaks::add(std::int64_t bar, float peak) {
    if (!bars_.empty() && bar == newest_) {
        bars_.back() = std::max(bars_.back(), peak);
        return;
    }
    newest_ = bar;
    bars_.push_back(peak);
    if (static_cast<std::int64_t>(bars_.size()) > maxBars_) bars_.pop_front();
}

}
