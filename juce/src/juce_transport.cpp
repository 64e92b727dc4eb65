#include <sidespan/juce/juce_transport.h>

#include <functional>
#include <optional>
#include <utility>

#include <sidespan/detail/platform.h>

#include "juce_exchange.h"
#include "pinned_binary.h"

namespace sidespan::inline v0 {
namespace {

using namespace std::chrono_literals;
using detail::JuceExchange;
using detail::platform::Thread;

constexpr auto politeness = 10ms;  // for JUCE to notice by itself that it is not wanted any more
constexpr auto patience = 50ms;    // for it to return once it has been interrupted

std::optional<Error> refusal(const HttpTransportOptions& options, const HttpRequest& request) {
    if (!options.caFile.empty() || !options.proxy.empty()) {
        return Error{ErrorCode::invalidConfig,
                     "the JUCE transport uses the system's certificates and proxy: it takes no caFile and no "
                     "proxy; leave them empty, or use the curl transport"};
    }
#if JUCE_LINUX && !JUCE_USE_CURL
    if (request.url.starts_with("https:") || !request.body.empty()) {
        return Error{ErrorCode::invalidConfig,
                     "JUCE can talk TLS or send a body on Linux only with JUCE_USE_CURL=1; "
                     "set it, or use the curl transport"};
    }
#else
    static_cast<void>(request);
#endif
    return std::nullopt;
}

}

/// An exchange and the threads it runs on.
class JuceTransport::Run {
public:
    explicit Run(const HttpRequest& request) : exchange_(std::make_shared<JuceExchange>(request)) {}
    /// What has not returned keeps its thread, and its code.
    ~Run() {
        if (isOver()) return;
        detail::pinThisBinary();
        talker_.forget();
        interrupter_.forget();
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    Outcome<HttpResponse> talk(const Cancellation& cancellation) {
        if (auto started = start(talker_, "sidespan-juce", &JuceExchange::talk); !started) {
            return started.error();
        }
        return exchange_->await(cancellation);
    }

    void giveUp() {
        if (isOverIn(politeness)) return;
        static_cast<void>(start(interrupter_, "sidespan-cancel", &JuceExchange::interrupt));
        static_cast<void>(isOverIn(patience));
    }

    bool isOver() { return isOverIn({}); }
    bool isOver(Deadline deadline, Cancellation& cancellation) {
        const Cancellation::Hook wake(cancellation, waker());
        return exchange_->isOver(deadline, cancellation);
    }

    [[nodiscard]] std::function<void()> waker() const {
        return [exchange = exchange_] { exchange->wake(); };
    }

private:
    bool isOverIn(std::chrono::milliseconds time) { return exchange_->isOver(deadlineIn(time), {}); }

    Outcome<> start(Thread& thread, const char* name, void (JuceExchange::*body)()) {
        exchange_->enter();
        auto started = Thread::start(name, [exchange = exchange_, body] {
            (*exchange.*body)();
            exchange->leave();
        });
        if (!started) {
            exchange_->leave();
            return started.error();
        }
        thread = std::move(started).value();
        return {};
    }

    std::shared_ptr<JuceExchange> exchange_;
    Thread talker_;  // joined by its destructor
    Thread interrupter_;
};

JuceTransport::JuceTransport(HttpTransportOptions options) : options_(std::move(options)) {}
JuceTransport::~JuceTransport() = default;

Outcome<HttpResponse> JuceTransport::send(const HttpRequest& request, Cancellation& cancellation) {
    if (auto refused = refusal(options_, request)) return *std::move(refused);
    if (stuck_ && !stuck_->isOver(deadlineIn(request.connectTimeout), cancellation)) {
        if (!cancellation.isCancelled()) {
            return Error{ErrorCode::timeout,
                         originOf(request.url) + ": an earlier request is still under way"};
        }
    }
    if (cancellation.isCancelled()) {
        return Error{ErrorCode::cancelled, "cancelled while talking to " + originOf(request.url)};
    }
    stuck_.reset();

    auto run = std::make_unique<Run>(request);
    auto outcome = [&] {
        const Cancellation::Hook wake(cancellation, run->waker());
        return run->talk(cancellation);
    }();
    if (!run->isOver()) run->giveUp();
    if (!run->isOver()) stuck_ = std::move(run);
    return outcome;
}

}
