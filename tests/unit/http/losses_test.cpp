#include <gtest/gtest.h>

#include "delivery/losses.h"

namespace sidespan::detail {
namespace {

TEST(LossesHeader, NamesWhatWasLost) {
    DropCounts losses;
    EXPECT_EQ(lossesHeader(losses), "");
    losses[DropReason::expired] = 3;
    losses[DropReason::outboxFull] = 512;
    EXPECT_EQ(lossesHeader(losses), "expired=3, outbox-full=512");
}

}
}
