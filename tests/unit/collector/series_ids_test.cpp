#include "store/rollup/series_ids.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sidespan::collector {
namespace {

class SeriesIdsTest : public ::testing::Test {
protected:
    std::int64_t idOf(const RollupSeries& series) {
        return ids_.idOf(series, [this](const RollupSeries& stored) {
            stored_.push_back(stored);
            return static_cast<std::int64_t>(stored_.size());
        });
    }

    SeriesIds ids_;
    std::vector<RollupSeries> stored_;
};

TEST_F(SeriesIdsTest, StoresASeriesOnce) {
    ids_.add({"known", "LoopShare", "1.0", "", ""}, 77);
    EXPECT_EQ(idOf({"known", "LoopShare", "1.0", "", ""}), 77);
    EXPECT_EQ(idOf({"new", "LoopShare", "1.0", "", ""}), 1);
    EXPECT_EQ(idOf({"new", "LoopShare", "1.0", "", ""}), 1);
    EXPECT_EQ(stored_.size(), 1U);
}

TEST_F(SeriesIdsTest, CountsOperationsBeyondTheBoundOfTheirServiceAsOther) {
    for (std::size_t i = 0; i < SeriesIds::operationLimit; ++i)
        idOf({"operation " + std::to_string(i), "LoopShare", "", "", ""});
    const auto other = idOf({"one more", "LoopShare", "1.0", "linux", ""});
    EXPECT_EQ(stored_.back(), (RollupSeries{"other", "LoopShare", "1.0", "linux", ""}));
    EXPECT_EQ(idOf({"another one", "LoopShare", "1.0", "linux", ""}), other);
    idOf({"operation 3", "LoopShare", "2.0", "linux", ""});
    EXPECT_EQ(stored_.back().operation, "operation 3") << "an operation that is known keeps its name";
    idOf({"one more", "Other", "", "", ""});
    EXPECT_EQ(stored_.back().operation, "one more") << "another service has a bound of its own";
}

TEST_F(SeriesIdsTest, IsBoundedWhateverAClientMakesUp) {
    for (std::size_t i = 0; i < 3 * SeriesIds::seriesLimit; ++i)
        idOf({"audio.upload", "LoopShare", std::to_string(i), "", "host " + std::to_string(i)});
    EXPECT_EQ(stored_.size(), SeriesIds::seriesLimit + 1);
    EXPECT_EQ(stored_.back(), (RollupSeries{"other", "LoopShare", "other", "other", "other"}));
    const auto before = stored_.size();
    for (std::size_t i = 0; i < 3 * SeriesIds::serviceLimit; ++i)
        idOf({"audio.upload", "service " + std::to_string(i), "", "", ""});
    EXPECT_EQ(stored_.size(), before + SeriesIds::serviceLimit);
    EXPECT_EQ(stored_.back().service, "other");
}

TEST_F(SeriesIdsTest, KnowsNothingOfASeriesThatWasNotStored) {
    const RollupSeries series{"audio.upload", "LoopShare", "", "", ""};
    EXPECT_THROW(static_cast<void>(ids_.idOf(
                     series, [](const auto&) -> std::int64_t { throw std::runtime_error("full"); })),
                 std::runtime_error);
    EXPECT_EQ(idOf(series), 1);
}

}
}
