#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include <sidespan/deadline.h>
#include <sidespan/network/network_client.h>

namespace sidespan::inline v0::detail {

/// What every callback passes through, wherever it runs: once closed, none begins. Shared with callbacks that
/// wait in an executor and may outlive their client.
class CallbackGate {
public:
    /// Calls `callback` unless closed. What it throws ends here: it is the user's, and so is the thread it
    /// would end.
    void run(const NetworkClient::Callback& callback, const Outcome<HttpResponse>& outcome) {
        if (!enter()) return;
        try {
            callback(outcome);
        } catch (...) {
        }
        leave();
    }

    /// From now on no callback begins; waits for those that are running, but for one on this thread, until
    /// the deadline. False when one is still running then.
    bool close(Deadline deadline) {
        std::unique_lock lock(mutex_);
        isClosed_ = true;
        const auto isQuiet = [&] {
            return std::ranges::all_of(running_, [](auto id) { return id == std::this_thread::get_id(); });
        };
        if (deadline != Deadline::max()) return left_.wait_until(lock, deadline, isQuiet);
        left_.wait(lock, isQuiet);
        return true;
    }

private:
    bool enter() {
        const std::lock_guard lock(mutex_);
        if (isClosed_) return false;
        running_.push_back(std::this_thread::get_id());
        return true;
    }

    void leave() {
        const std::lock_guard lock(mutex_);
        running_.erase(std::ranges::find(running_, std::this_thread::get_id()));
        left_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable left_;
    bool isClosed_ = false;
    std::vector<std::thread::id> running_;
};

}
