#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include <ucontext.h>

namespace interleavings {

/// A function that can stop in the middle, and go on later.
class Fiber {
public:
    /// What ran before is forgotten where it stopped.
    void start(std::function<void()> function);
    /// Runs until it stops or ends.
    void resume();
    /// Called within the function.
    void stop();
    [[nodiscard]] bool isOver() const { return isOver_; }

private:
    static void enter(unsigned high, unsigned low);

    std::function<void()> function_;
    std::vector<std::byte> stack_;
    ucontext_t inside_{};
    ucontext_t outside_{};
    bool isOver_ = true;
};

}
