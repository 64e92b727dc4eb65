#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include <sidespan/error.h>

#include "patience.h"

namespace sidespan::test {

/// Collects what onError is told.
class ErrorLog {
public:
    [[nodiscard]] ErrorHandler handler() {
        return [this](const Error& error) {
            const std::lock_guard lock(mutex_);
            errors_.push_back(error);
            changed_.notify_all();
        };
    }
    [[nodiscard]] std::vector<Error> errors() const {
        const std::lock_guard lock(mutex_);
        return errors_;
    }
    [[nodiscard]] std::size_t count(ErrorCode code) const {
        const auto all = errors();
        return static_cast<std::size_t>(std::ranges::count(all, code, &Error::code));
    }
    bool waitFor(ErrorCode code) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience,
                                 [&] { return std::ranges::count(errors_, code, &Error::code) > 0; });
    }
    [[nodiscard]] bool mentions(std::string_view text) const {
        const auto all = errors();
        return std::ranges::any_of(all,
                                   [&](const Error& e) { return e.message.find(text) != std::string::npos; });
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Error> errors_;
};

}
