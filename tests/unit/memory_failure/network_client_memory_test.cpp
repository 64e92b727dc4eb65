#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include <gtest/gtest.h>
#include <sidespan/http_curl/curl_transport.h>
#include <sidespan/network/network_client.h>

#include "failing_memory.h"
#include "support/fault_server.h"
#include "support/name_lookups.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

struct PostRun {
    int answers = 0;
    bool isSuccess = false;
    ErrorCode code{};
    bool hasEnded = false;
    bool isThrough = false;  // no allocation failed
};

// One post, answered with a 503, a redirect and a 200, by a server that has to be looked up.
using LookupMaker = std::unique_ptr<detail::NameLookup> (*)(const NameServer&);
class NetworkClientMemory : public testing::TestWithParam<std::tuple<std::uint64_t, LookupMaker>> {
protected:
    PostRun run(std::uint64_t nth) {
        FaultServer server;
        server.then(faults::answer(503, "busy", {{"Retry-After", "0"}}))
            .then(faults::answer(307, "", {{"Location", "/elsewhere"}}));
        Config config;
        config.endpoint = "http://telemetry.example.com:" + std::to_string(server.port());
        config.token = "a token that is too long to be kept in a string itself";
        config.consent = Consent::granted;
        config.batch.gzip = true;
        config.retry = {.initialBackoff = 1ms, .maxBackoff = 1ms};
        config.onError = [](const Error& error) { EXPECT_FALSE(error.message.empty()); };
        NetworkClient client(config,
                             {.executor = [](const std::function<void()>& callback) { callback(); },
                              .transport = std::make_unique<CurlTransport>(
                                  CurlTransport::Options{}, std::get<LookupMaker>(GetParam())(nameServer_))});
        PostRun result;
        std::promise<void> answered;
        std::optional<FailingMemory> memory;
        memory.emplace(nth, std::get<std::uint64_t>(GetParam()), "sidespan-http");
        client.post("/path", std::string(5000, 'x'), {{"X-Name", "value"}}, [&](const auto& outcome) {
            if (++result.answers > 1) return;
            result.isThrough = !memory->hasFailed();
            memory.reset();
            result.isSuccess = outcome.isSuccess();
            if (!outcome.isSuccess()) result.code = outcome.error().code;
            answered.set_value();
        });
        EXPECT_EQ(answered.get_future().wait_for(20s), std::future_status::ready) << nth;
        result.hasEnded = client.shutdown(deadlineIn(20s));
        return result;
    }

    const NameServer nameServer_{{"127.0.0.1"}, NameServer::Ipv6::none};
};

TEST_P(NetworkClientMemory, EveryPostIsAnsweredOnce) {
    for (std::uint64_t nth = 1;; ++nth) {
        ASSERT_LT(nth, 10000U);
        const auto result = run(nth);
        EXPECT_TRUE(result.hasEnded) << nth;
        EXPECT_EQ(result.answers, 1) << nth;
        EXPECT_TRUE(result.isSuccess || result.code == ErrorCode::resource ||
                    result.code == ErrorCode::network)
            << nth << ": " << toString(result.code);
        if (result.isThrough || HasFailure()) break;
    }
}

// One, as many as some attempts need, and so many that none succeeds.
INSTANTIATE_TEST_SUITE_P(Allocations, NetworkClientMemory,
                         testing::Combine(testing::Values(1, 20, 100000),
                                          testing::Values(&AresNames::lookup, &SystemNames::lookup)));

}
}
