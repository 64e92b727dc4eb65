#pragma once

namespace sidespan::test {

/// As long as it exists, every look-up of "silent.example" in this program blocks, as with a name server that
/// does not answer; its end lets them fail. One at a time.
class SilentNameServer {
public:
    SilentNameServer();
    ~SilentNameServer();
    SilentNameServer(const SilentNameServer&) = delete;
    SilentNameServer& operator=(const SilentNameServer&) = delete;

    static constexpr auto url = "http://silent.example/path";

    /// Until somebody has asked.
    void waitForQuestion();
};

}
