#include <string>

#include <gtest/gtest.h>
#include <sidespan/classic/span_recorder.h>
#include <sidespan/classic/trace_context.h>

#include "support/trace_context_rules.h"

namespace sidespan::test {
namespace {

// As an HTTP library gives headers to code that takes them as a map: those of one name joined by commas.
TraceContext::Headers joined(const Incoming& incoming) {
    TraceContext::Headers headers;
    for (const auto& [name, value] : incoming) {
        const auto [at, isNew] = headers.emplace(name, value);
        if (!isNew) at->second += "," + value;
    }
    return headers;
}

class TraceContextOfTheClassicApi : public ::testing::TestWithParam<TraceContextRule> {};

TEST_P(TraceContextOfTheClassicApi, KeepsTheRule) {
    SpanRecorder recorder;
    GetParam().check(TraceContextRules([&](const Incoming& incoming) {
        auto context = TraceContext::fromHttpHeaders(joined(incoming));
        const auto served = recorder.startSpan("served", context);
        const auto sent = context.getHttpHeaders();
        recorder.endSpan(served);
        return sent;
    }));
}
INSTANTIATE_TEST_SUITE_P(W3c, TraceContextOfTheClassicApi, ::testing::ValuesIn(traceContextRules()),
                         ruleName);

}
}
