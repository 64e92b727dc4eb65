#pragma once

#include <stdexcept>
#include <string>

#include <juce_core/juce_core.h>

namespace loopshare::testing {

/// Listens on a loopback port of its own; the system takes connections for it, and nobody ever answers.
class SilentServer {
public:
    SilentServer() {
        if (!socket_.createListener(0, "127.0.0.1"))
            throw std::runtime_error("cannot listen on a loopback port");
    }

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(socket_.getBoundPort());
    }

private:
    juce::StreamingSocket socket_;
};

}
