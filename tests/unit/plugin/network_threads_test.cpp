#include <chrono>
#include <future>
#include <memory>

#include <gtest/gtest.h>

#include "integration/http_lifetime/counted_calls.h"
#include "network.h"
#include "support/fault_server.h"

namespace loopshare {
namespace {

using namespace std::chrono_literals;
using sidespan::ErrorCode;
using sidespan::Outcome;

TEST(NetworkThreads, ARequestForWhichThereIsNoThreadFails) {
    sidespan::test::FaultServer server;
    server.otherwise(sidespan::test::faults::answer(200, "[]"));
    Network network(server.url(), "");
    const auto get = [&] {
        auto promise = std::make_shared<std::promise<Outcome<Answer>>>();
        auto future = promise->get_future();
        network.get("/", {}, [promise](const Outcome<Answer>& outcome) { promise->set_value(outcome); });
        if (future.wait_for(20s) == std::future_status::ready) return future.get();
        return Outcome<Answer>(sidespan::Error{ErrorCode::timeout, "the callback was not called"});
    };
    sidespan::test::refuseThreads(true);
    const auto refused = get();
    sidespan::test::refuseThreads(false);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::resource) << refused.error().message;
    const auto next = get();
    EXPECT_TRUE(next) << next.error().message;
}

}
}
