#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <juce_core/juce_core.h>

#include <sidespan/deadline.h>
#include <sidespan/http_transport/cancellation.h>
#include <sidespan/http_transport/http_request.h>
#include <sidespan/http_transport/http_response.h>
#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// One request on its way through JUCE. One thread talks() while another awaits the outcome and may give it
/// up; what they share belongs to both, so that neither has to wait for the other.
class JuceExchange final : private juce::WebInputStream::Listener {
public:
    explicit JuceExchange(const HttpRequest& request);
    JuceExchange(const JuceExchange&) = delete;
    JuceExchange& operator=(const JuceExchange&) = delete;

    /// Makes the exchange. [a thread of its own] Blocks for as long as JUCE does.
    void talk();
    /// Makes talk() return where JUCE can be made to. [another thread of its own] May block as well.
    void interrupt();

    /// The outcome of talk(), or `timeout` or `cancelled` when that comes first.
    [[nodiscard]] Outcome<HttpResponse> await(const Cancellation& cancellation);
    /// Whether every thread that came has left; waits for that until the deadline or the cancellation.
    [[nodiscard]] bool isOver(Deadline deadline, const Cancellation& cancellation);
    /// Makes a call that waits look at its cancellation. Any thread, never blocks.
    void wake();

    /// Counts the threads that talk() or interrupt().
    void enter();
    void leave();

private:
    using Milliseconds = std::chrono::milliseconds;
    using Stream = juce::WebInputStream;

    bool postDataSendProgress(juce::WebInputStream&, int bytesSent, int totalBytes) override;
    [[nodiscard]] std::shared_ptr<Stream> open();
    [[nodiscard]] Outcome<HttpResponse> attempt();
    [[nodiscard]] Outcome<HttpResponse> exchange(Stream& stream);
    [[nodiscard]] Outcome<HttpResponse> readBody(Stream& stream, HttpResponse response);
    [[nodiscard]] Error noAnswer() const;
    /// Notes that something moved; false when nobody wants it any more.
    [[nodiscard]] bool move();
    [[nodiscard]] Deadline limit() const;

    const std::string origin_;
    const bool isHead_;
    const std::size_t maxResponseBytes_;
    const Milliseconds totalTimeout_;
    const Milliseconds connectTimeout_;
    const Milliseconds idleTimeout_;
    const Deadline connectUntil_;
    const Deadline until_;
    const juce::URL url_;
    const juce::String headers_;
    const juce::String method_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::shared_ptr<Stream> stream_;  // made and destroyed on the threads of talk(), interrupt()
    std::optional<Outcome<HttpResponse>> outcome_;
    std::optional<Deadline> movedAt_;
    bool isGivenUp_ = false;
    int threads_ = 0;
};

}
