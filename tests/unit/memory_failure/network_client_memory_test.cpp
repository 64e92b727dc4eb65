#include <sidespan/http_curl/curl_transport.h>
#include <sidespan/network/network_client.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <future>
#include <new>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <pthread.h>

#include "../../support/fault_server.h"
#include "../../support/name_server.h"

namespace {

// How many allocations of the client's thread succeed before those that fail, and how many fail.
std::atomic<long> untilFailure{0};
std::atomic<long> failures{0};

bool isThreadOfTheClient() {
    std::array<char, 16> name{};
    return ::pthread_getname_np(::pthread_self(), name.data(), name.size()) == 0 &&
           std::string_view(name.data()) == "sidespan-http";
}

bool fails() {
    return failures.load() > 0 && isThreadOfTheClient() && untilFailure.fetch_sub(1) <= 0 &&
           failures.fetch_sub(1) > 0;
}

}

void* operator new(std::size_t size) {
    if (fails()) throw std::bad_alloc();
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

struct PostRun {
    int answers = 0;
    bool isSuccess = false;
    ErrorCode code{};
    bool hasEnded = false;
    bool isThrough = false;  // fewer allocations were made than were to succeed
};

// One post, answered with a 503, a redirect and a 200, by a server that has to be looked up.
class OutOfMemory : public testing::TestWithParam<long> {
protected:
    PostRun run(long succeeding) {
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
        NetworkClient client(
            config,
            {.executor = [](const std::function<void()>& callback) { callback(); },
             .transport = std::make_unique<CurlTransport>(CurlTransport::Options{{}, nameServer_.name()})});
        PostRun result;
        std::promise<void> answered;
        untilFailure = succeeding;
        failures = GetParam();
        client.post("/path", std::string(5000, 'x'), {{"X-Name", "value"}}, [&](const auto& outcome) {
            result.isThrough = failures.exchange(0) == GetParam();
            result.isSuccess = outcome.isSuccess();
            if (!outcome.isSuccess()) result.code = outcome.error().code;
            if (++result.answers == 1) answered.set_value();
        });
        EXPECT_EQ(answered.get_future().wait_for(20s), std::future_status::ready) << succeeding;
        result.hasEnded = client.shutdown(deadlineIn(20s));
        return result;
    }

    const NameServer nameServer_{{"127.0.0.1"}, NameServer::Ipv6::none};
};

TEST_P(OutOfMemory, EveryPostIsAnsweredOnce) {
    for (long succeeding = 0;; ++succeeding) {
        ASSERT_LT(succeeding, 10000);
        const auto result = run(succeeding);
        EXPECT_TRUE(result.hasEnded) << succeeding;
        EXPECT_EQ(result.answers, 1) << succeeding;
        EXPECT_TRUE(result.isSuccess || result.code == ErrorCode::resource ||
                    result.code == ErrorCode::network)
            << succeeding << ": " << toString(result.code);
        if (result.isThrough || HasFailure()) break;
    }
}

// One, as many as some attempts need, and so many that none succeeds.
INSTANTIATE_TEST_SUITE_P(Allocations, OutOfMemory, testing::Values(1, 20, 100000));

}
}
