// What a plugin team compiles: everything sidespan::juce offers, with their own JUCE.
#include <chrono>
#include <memory>

#include <juce_core/juce_core.h>
#include <juce_events/juce_events.h>

#include <sidespan/default_recorder.h>
#include <sidespan/juce/juce_string.h>
#include <sidespan/juce/juce_trace_headers.h>
#include <sidespan/juce/juce_transport.h>
#include <sidespan/juce/message_thread_executor.h>
#include <sidespan/network/network_client.h>

using namespace std::chrono_literals;

int main() {
    const juce::ScopedJuceInitialiser_GUI juce;
    sidespan::Config config;
    config.service = {"Consumer", "1.0.0"};
    config.endpoint = "http://127.0.0.1:9";  // where nobody listens
    config.consent = sidespan::Consent::granted;
    config.shutdownTimeout = 100ms;
    sidespan::DefaultRecorder recorder(config);
    auto span = recorder.openSpan("preset.load");
    span.set("preset.name", juce::String("Warm"));

    const auto options = juce::URL::InputStreamOptions(juce::URL::ParameterHandling::inAddress);
    const auto headers = withTraceHeaders(options, span.context()).getExtraHeaders();
    span.end();

    sidespan::MessageThreadExecutor messageThread;
    config.retry.maxAttempts = 1;
    sidespan::NetworkClient client(config, messageThread.executor());
    bool isAnswered = false;
    client.post("/", "[]", {}, [&](const sidespan::Outcome<sidespan::HttpResponse>& response) {
        isAnswered = !response;
        juce::MessageManager::getInstance()->stopDispatchLoop();
    });
    juce::MessageManager::getInstance()->runDispatchLoop();

    sidespan::Cancellation cancellation;
    sidespan::HttpRequest request;
    request.url = config.endpoint;
    const bool isRefused = !sidespan::JuceTransport().send(request, cancellation);
    return headers.contains("traceparent: ") && isAnswered && isRefused && recorder.stats().recorded == 1 ? 0
                                                                                                          : 1;
}
