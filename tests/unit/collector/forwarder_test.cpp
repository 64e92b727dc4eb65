#include "forward/forwarder.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include <gtest/gtest.h>

#include "spans.h"
#include "support/fault_server.h"
#include "support/manual_delivery_clock.h"
#include "support/temporary_directory.h"

namespace sidespan::collector {
namespace {

using namespace std::chrono_literals;
using sidespan::test::FaultServer;
using sidespan::test::ManualDeliveryClock;
namespace faults = sidespan::test::faults;

class ForwarderTest : public ::testing::Test {
protected:
    void start(std::size_t maxBytes = std::size_t{1} << 20U) {
        ForwardOptions options;
        options.url = target_.url();
        options.maxBytes = maxBytes;
        forwarder_.emplace(
            options, directory_.path() / "forward", [](std::string_view) {}, clock_);
    }
    void take(std::uint64_t id = 1) {
        const auto row = testing::row(testing::spanJson(testing::traceA, id, 0, "work", 0, 10));
        forwarder_->take({&row});
    }
    [[nodiscard]] bool delivers(std::uint64_t spans) const {
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (std::chrono::steady_clock::now() < end)
            if (forwarder_->stats().delivered == spans) return true;
        return false;
    }

    test::TemporaryDirectory directory_;
    FaultServer target_;
    std::shared_ptr<ManualDeliveryClock> clock_ =
        std::make_shared<ManualDeliveryClock>(ManualDeliveryClock::Mode::leaping);
    std::optional<Forwarder> forwarder_;
};

// Headers that were refused may be accepted later: the key became valid, or the target's user database is
// back.
TEST_F(ForwarderTest, TriesAgainWhereItsHeadersWereRefused) {
    target_.then(1, faults::answer(401));
    target_.then(1, faults::answer(403));
    target_.otherwise(faults::answer(200, "", {{"Content-Type", "application/x-protobuf"}}));
    start();
    take();
    EXPECT_TRUE(delivers(1));
    EXPECT_EQ(target_.requests().size(), 3U);
    EXPECT_TRUE(target_.requests().back().header("authorization").empty());
}

// The bookkeeping of a small request takes more memory than its body.
TEST_F(ForwarderTest, IsFullOfManySmallRequests) {
    clock_ = std::make_shared<ManualDeliveryClock>();
    target_.otherwise(faults::answer(401));
    start(std::size_t{64} << 10U);
    std::uint64_t taken = 0;
    while (!forwarder_->isFull() && taken < 1000) take(++taken);
    EXPECT_LE(taken, 64U);
    EXPECT_GE(taken, 32U);
}

// A target that is far away answers late, but not less often.
TEST_F(ForwarderTest, SendsSeveralRequestsAtATime) {
    clock_ = std::make_shared<ManualDeliveryClock>();
    std::atomic<std::size_t> open{0};
    target_.otherwise([&](test::Exchange& exchange) {
        if (!exchange.read()) return;
        ++open;
        while (open < Forwarder::connections && exchange.pause(1ms)) {
        }
        exchange.answer(200, "", {{"Content-Type", "application/x-protobuf"}});
    });
    start();
    for (std::uint64_t id = 1; id <= Forwarder::connections; ++id) take(id);
    EXPECT_TRUE(delivers(Forwarder::connections));
    forwarder_.reset();
}

TEST_F(ForwarderTest, MayHoldAsMuchAsTheOptionAllows) {
    EXPECT_NO_THROW(start(std::size_t{1} << 40U));
}

}
}
