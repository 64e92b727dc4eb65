#include <cstddef>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "batch_of.h"
#include "outbox/outbox.h"

namespace sidespan::detail {
namespace {

// What a burst leaves behind: storage that went back to the system and was asked for again would interrupt
// every processor of the program.
class OutboxSpares : public ::testing::Test {
protected:
    void deliver(std::size_t batches, std::size_t bytes) {
        for (std::size_t i = 0; i < batches; ++i) {
            auto batch = batchOf({std::string(bytes, 'a')});
            outbox_.admit(1);
            outbox_.put(std::move(batch));
        }
        while (Batch* batch = outbox_.take()) outbox_.finish(*batch, 0);
    }
    std::size_t countSpares() {
        std::size_t count = 0;
        while (outbox_.spare()->body.capacity() != 0) ++count;
        return count;
    }

    Outbox outbox_{Config::Outbox{}, nullptr};
};

TEST_F(OutboxSpares, AreAllThatABurstTook) {
    deliver(30, 250'000);
    EXPECT_EQ(countSpares(), 30U);
}

TEST_F(OutboxSpares, AreBounded) {
    deliver(30, 1'000'000);
    EXPECT_LE(countSpares(), 17U);
}

TEST_F(OutboxSpares, AreOneHoweverLarge) {
    deliver(2, 20'000'000);
    EXPECT_EQ(countSpares(), 1U);
}

}
}
