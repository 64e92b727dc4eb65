#pragma once

#include <cstddef>
#include <vector>

namespace interleavings {

/// The choices of one execution after the other, depth first: each execution repeats those before its last
/// one, and takes the next alternative there.
class Choices {
public:
    [[nodiscard]] std::size_t choose(std::size_t count) {
        if (count == 1) return 0;
        if (next_ == taken_.size()) taken_.push_back({0, count});
        return taken_[next_++].alternative;
    }

    /// Prepares the next execution; false when all have been.
    [[nodiscard]] bool advance() {
        next_ = 0;
        while (!taken_.empty() && ++taken_.back().alternative == taken_.back().count) taken_.pop_back();
        return !taken_.empty();
    }
    void startOver() {
        next_ = 0;
        taken_.clear();
    }

private:
    struct Choice {
        std::size_t alternative;
        std::size_t count;
    };
    std::vector<Choice> taken_;
    std::size_t next_ = 0;
};

}
