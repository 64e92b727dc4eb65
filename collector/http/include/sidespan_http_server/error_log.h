#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sidespan::http_server {

/// Writes what goes wrong: a message at once, the same message again after ten seconds at the earliest, with
/// the number of times that it came in between. Without this, a full disk fills with its own errors.
/// Remembers the last 16 messages. [any thread]
class ErrorLog {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// `write` is called with one message at a time.
    explicit ErrorLog(std::function<void(std::string_view)> write) : write_(std::move(write)) {}

    void report(std::string_view message, Time now = std::chrono::steady_clock::now());

private:
    struct Written {
        std::string message;
        Time at;
        std::uint64_t left;  // how often it came and was not written
    };

    std::function<void(std::string_view)> write_;
    std::mutex mutex_;
    std::vector<Written> written_;
};

/// Writes a message as a line of standard error, after the program's name.
[[nodiscard]] std::function<void(std::string_view)> standardError(std::string program);

}
