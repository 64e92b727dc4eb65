#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include <sidespan/deadline.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/network/network_client.h>

namespace sidespan::inline v0::detail {

/// Runs callbacks until it is closed. Shared with callbacks that wait in an executor and may outlive their
/// client.
class CallbackGate {
public:
    /// Calls `callback` unless closed. Drops what it throws, which would end the thread.
    void run(const NetworkClient::Callback& callback, const Outcome<HttpResponse>& outcome) {
        Running self;
        if (!enter(self)) return;
        try {
            callback(outcome);
        } catch (...) {
        }
        leave(self);
    }

    /// From now on no callback begins. Waits until the deadline for those that are running, except one on
    /// this thread. False if one is still running then.
    bool close(Deadline deadline) {
        std::unique_lock lock(mutex_);
        isClosed_ = true;
        const auto isQuiet = [&] {
            for (const auto* at = running_; at != nullptr; at = at->next) {
                if (at->thread != std::this_thread::get_id()) return false;
            }
            return true;
        };
        if (deadline != Deadline::max()) return left_.wait_until(lock, deadline, isQuiet);
        left_.wait(lock, isQuiet);
        return true;
    }

private:
    // On the stack of its thread, so that no callback is lost for want of memory.
    struct Running {
        std::thread::id thread = std::this_thread::get_id();
        Running* next = nullptr;
    };

    bool enter(Running& self) {
        const std::lock_guard lock(mutex_);
        if (isClosed_) return false;
        self.next = std::exchange(running_, &self);
        return true;
    }

    void leave(const Running& self) {
        const std::lock_guard lock(mutex_);
        Running** at = &running_;
        while (*at != &self) at = &(*at)->next;
        *at = self.next;
        left_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable left_;
    bool isClosed_ = false;
    Running* running_ = nullptr;
};

/// How a client's callbacks are called: on its executor, and through its gate.
class Callbacks {
public:
    SIDESPAN_COLD explicit Callbacks(Executor executor) : executor_(std::move(executor)) {}

    /// Has the callback called with a request's outcome.
    SIDESPAN_COLD void notify(const NetworkClient::Callback& callback, const Outcome<HttpResponse>& outcome) {
        if (!callback) return;
        if (!executor_) {
            gate_->run(callback, outcome);
            return;
        }
        try {
            executor_([gate = gate_, callback, outcome] { gate->run(callback, outcome); });
        } catch (...) {
            gate_->run(callback, outcome);  // the executor failed: call it here
        }
    }

    /// See CallbackGate::close().
    bool close(Deadline deadline) { return gate_->close(deadline); }

private:
    Executor executor_;
    std::shared_ptr<CallbackGate> gate_ = std::make_shared<CallbackGate>();
};

}
