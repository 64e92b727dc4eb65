#include "fiber.h"

#include <cstdint>

namespace interleavings {

namespace {

constexpr std::size_t stackBytes = 256 * 1024;

}

void Fiber::start(std::function<void()> function) {
    function_ = std::move(function);
    isOver_ = false;
    stack_.resize(stackBytes);
    getcontext(&inside_);
    inside_.uc_stack.ss_sp = stack_.data();
    inside_.uc_stack.ss_size = stack_.size();
    inside_.uc_link = &outside_;
    const auto self = reinterpret_cast<std::uintptr_t>(this);  // makecontext passes ints alone
    makecontext(&inside_, reinterpret_cast<void (*)()>(&enter), 2, static_cast<unsigned>(self >> 32U),
                static_cast<unsigned>(self));
}

void Fiber::enter(unsigned high, unsigned low) {
    auto* self = reinterpret_cast<Fiber*>((std::uintptr_t{high} << 32U) | low);
    self->function_();
    self->isOver_ = true;
}

void Fiber::resume() {
    swapcontext(&outside_, &inside_);
}

void Fiber::stop() {
    swapcontext(&inside_, &outside_);
}

}
