#include <sidespan/juce/juce_transport.h>

#include <gtest/gtest.h>

#include "../memory_failure/failing_memory.h"
#include "support/fault_server.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

// JUCE allocates on the exchange's thread, and so does the body of an answer.
TEST(JuceTransportMemory, AnExchangeThatFindsNoMemoryFailsAndTheNextIsMade) {
    FaultServer server;
    server.otherwise(faults::answer(200, std::string(100'000, 'x')));
    JuceTransport transport;
    Cancellation cancellation;
    HttpRequest request;
    request.method = "GET";
    request.url = server.url() + "/";
    request.connectTimeout = request.idleTimeout = 10s;
    bool hasFailed = true;
    for (std::uint64_t nth = 1; hasFailed; ++nth) {
        const FailingMemory memory(nth, FailingMemory::once, "sidespan-juce");
        const auto outcome = transport.send(request, cancellation);
        hasFailed = memory.hasFailed();
        EXPECT_EQ(outcome.isSuccess(), !hasFailed) << nth;
        if (hasFailed && !outcome.isSuccess()) {
            EXPECT_EQ(outcome.error().code, ErrorCode::resource) << nth << outcome.error().message;
        }
    }
}

}
}
