#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

namespace sidespan::bench {

/// A server on loopback, in a process of its own, that reads every request to its end, throws it away and
/// answers 200. Its time is its process's, so none of it is counted as the SDK's.
class DiscardServer {
public:
    /// Forks; to be made before the program has threads. Throws std::system_error.
    DiscardServer();
    ~DiscardServer();
    DiscardServer(const DiscardServer&) = delete;
    DiscardServer& operator=(const DiscardServer&) = delete;

    [[nodiscard]] pid_t process() const noexcept { return process_; }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

private:
    std::uint16_t port_ = 0;
    pid_t process_ = -1;
};

}
