#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <sidespan/outcome.h>

namespace loopshare {

/// What the service answered with success.
struct Answer {
    int status = 0;
    std::string body{};
    double serverMs = -1;  ///< the service's own measurement; below 0 when it sent none
};

/// Loop Share's own requests to its service, such as uploads. They are what the user asked for, and no
/// telemetry: they work whatever the user answered about that. One at a time, on a thread that starts with
/// the first.
///
/// Built on sidespan::NetworkClient, which tries again what fails; on juce::URL in a build without tracing,
/// so that such a build holds nothing of the SDK's that works.
///
/// Any thread.
class Network {
public:
    using Headers = std::map<std::string, std::string>;
    /// On the network's thread, or on the caller's, before the call returns, when nothing can be sent.
    using Callback = std::function<void(const sidespan::Outcome<Answer>&)>;

    /// Touches nothing outside memory. `endpoint` is "http://host:port" or "https://…".
    explicit Network(const std::string& endpoint, std::string token = {});
    /// Gives up what is under way; no callback is running afterwards.
    ~Network();

    void post(std::string path, std::string body, Headers headers, Callback callback);
    void get(std::string path, Headers headers, Callback callback);

    /// The bearer token to send from now on; none when empty.
    void setToken(std::string token);

    /// Gives up every request: their callbacks get ErrorCode::cancelled.
    void cancel();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}
