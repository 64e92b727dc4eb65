#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <thread>

namespace sidespan::test {

/// Long enough for any machine; waits this long only when a test fails.
inline constexpr std::chrono::seconds patience{20};

/// What nothing in a test waits for: a timeout that only a hang would meet, before ctest ends the program.
inline constexpr std::chrono::seconds beyondPatience{100};

/// Waits until something that happens on another thread has happened; false when it has not in time.
inline bool eventually(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

/// Does the work on a thread of its own, and waits for its end; false when that does not come in time. Then
/// it waits on, for what the work refers to.
inline bool endsInTime(std::function<void()> work) {
    auto done = std::async(std::launch::async, std::move(work));
    const bool isInTime = done.wait_for(patience) == std::future_status::ready;
    done.get();
    return isInTime;
}

}
