#include <string>

#include <gtest/gtest.h>

#include "batch/batch.h"
#include "batch_of.h"

namespace sidespan::detail {
namespace {

TEST(Batch, IsSplitIntoTwoWholeBodies) {
    const auto batch = batchOf({"{a}", "{bb}", "{c}"});
    const auto [first, second] = split(*batch);
    EXPECT_EQ(first->body.view(), "[{a}]");
    EXPECT_EQ(second->body.view(), "[{bb},{c}]");
    EXPECT_EQ(first->spanCount(), 1U);
    EXPECT_EQ(second->spanCount(), 2U);
    EXPECT_EQ(second->path, "/path");
    const auto [third, fourth] = split(*second);
    EXPECT_EQ(third->body.view(), "[{bb}]");
    EXPECT_EQ(fourth->body.view(), "[{c}]");
}

TEST(Batch, PartsHaveIdsThatAreTheSameEachTime) {
    const auto batch = batchOf({"{a}", "{b}"});
    const auto once = split(*batch);
    const auto again = split(*batch);
    EXPECT_EQ(once.first->id, again.first->id);
    EXPECT_EQ(once.second->id, again.second->id);
    EXPECT_NE(once.first->id, once.second->id);
    EXPECT_NE(once.first->id, batch->id);
    EXPECT_EQ(once.first->id.text()[14], '5');
    EXPECT_EQ(batch->id.text()[14], '4');
}

TEST(Batch, FitsItsStorageAndKeepsItsContent) {
    auto batch = batchOf({"{a}"});
    static_cast<void>(batch->body.reserve(100000));
    batch->fit();
    EXPECT_EQ(batch->body.view(), "[{a}]");
    EXPECT_LT(batch->body.capacity(), 10000U);
}

TEST(Batch, KeepsStorageThatItFills) {
    auto batch = batchOf({std::string(3000, 'a')});
    const char* const storage = batch->body.view().data();
    batch->fit();
    EXPECT_EQ(batch->body.view().data(), storage);
}

}
}
