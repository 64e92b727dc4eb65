// What else a span can say: a name from run time, arrays, an exception, a link, times measured elsewhere.
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>

#include <sidespan/sidespan.h>
#include <sidespan/sink_memory/testing.h>

using sidespan::attr;
using sidespan::testing::hasName;
using sidespan::testing::only;

int main() {
    sidespan::DefaultRecorder recorder(
        {.service = {"LoopShare", "1.2.0"}, .consent = sidespan::Consent::granted});
    const std::string route = "/loops/{id}";
    {
        auto first = recorder.span(sidespan::Name::copied("GET " + route));
        first.set("peaks", {0.5, 0.25});
        try {
            throw std::runtime_error("connection reset");
        } catch (const std::exception& error) {
            first.recordException(error);
            first.setStatus(sidespan::SpanStatus::error, "given up");
        }
        auto second = recorder.span([&] { return "GET " + route + " again"; });
        second.link(first, attr("reason", "retry"));

        // A program without spans said when it began and ended.
        const auto begin = std::chrono::sys_seconds(std::chrono::seconds(1'766'012'345));
        auto render = second.child("loop.render");
        render.setStartTime(begin);
        render.event("half done", begin + std::chrono::milliseconds(20));
        render.setEndTime(begin + std::chrono::milliseconds(45));
    }
    const auto spans = sidespan::testing::recorded(recorder);
    std::cout << sidespan::testing::tree(spans);

    const auto first = only(spans, hasName("GET /loops/{id}"));
    const auto exception = first.events.at(0).attributes;
    std::cout << "peaks: " << toString(first.attributes.at("peaks")) << "\n"
              << "exception: " << toString(exception.at("exception.type")) << ", "
              << toString(exception.at("exception.message")) << "\n"
              << "loop.render: " << only(spans, hasName("loop.render")).durationMs << " ms\n";
}
