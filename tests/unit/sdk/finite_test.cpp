#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <sidespan/detail/finite.h>

namespace sidespan::test {
namespace {

using Limits = std::numeric_limits<double>;

TEST(Finite, TellsNumbersFromWhatIsNone) {
    for (const double value : {0.0, -0.0, 1.0, -1.5, Limits::max(), Limits::lowest(), Limits::denorm_min()}) {
        EXPECT_TRUE(detail::isFinite(value)) << value;
        EXPECT_FALSE(detail::isNan(value)) << value;
        EXPECT_EQ(detail::isNegative(value), std::signbit(value)) << value;
    }
    for (const double value : {Limits::infinity(), -Limits::infinity()}) {
        EXPECT_FALSE(detail::isFinite(value)) << value;
        EXPECT_FALSE(detail::isNan(value)) << value;
        EXPECT_EQ(detail::isNegative(value), std::signbit(value)) << value;
    }
    for (const double value : {Limits::quiet_NaN(), Limits::signaling_NaN(), -Limits::quiet_NaN()}) {
        EXPECT_FALSE(detail::isFinite(value));
        EXPECT_TRUE(detail::isNan(value));
    }
}

}
}
