// A request carries the trace to a server, which continues it.
#include <iostream>
#include <map>
#include <string>

#include <sidespan/sidespan.h>
#include <sidespan/sink_memory/testing.h>

using Headers = std::map<std::string, std::string>;

void serve(sidespan::DefaultRecorder& recorder, const Headers& headers) {
    const auto caller = recorder.extract(headers);
    auto span = recorder.span("POST /loops", caller);
    span.setKind(sidespan::SpanKind::server);

    Headers onwards;
    recorder.inject(span, onwards, &caller);  // trace state and baggage go on to the next server
    std::cout << "baggage: " << onwards["baggage"] << "\n";
}

int main() {
    sidespan::DefaultRecorder recorder(
        {.service = {"LoopShare", "1.2.0"}, .consent = sidespan::Consent::granted});
    {
        auto post = recorder.span("network.post");
        post.setKind(sidespan::SpanKind::client);
        Headers headers;
        recorder.inject(post, headers);
        headers["baggage"] = "plan=pro";
        serve(recorder, headers);  // in real life on another machine
    }
    std::cout << sidespan::testing::tree(sidespan::testing::recorded(recorder));
}
