#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/encoding/detail/resource_attributes.h>

namespace {

using sidespan::AttributeValue;
using sidespan::Resource;
namespace detail = sidespan::detail;

std::string listOf(const AttributeValue& value) {
    return detail::listOf(value, [](std::string& list, const AttributeValue& element) {
        list += "<" + sidespan::toString(element) + ">";
    });
}

TEST(ResourceAttributes, ListAnArrayElementByElement) {
    EXPECT_EQ(listOf(std::vector<std::string>{"a", "", "b"}), "<a><><b>");
    EXPECT_EQ(listOf(std::vector<std::int64_t>{-1, 2}), "<-1><2>");
    EXPECT_EQ(listOf(std::vector<double>{0.5}), "<0.5>");
    EXPECT_EQ(listOf(std::vector<bool>{true, false}), "<true><false>");
}

TEST(ResourceAttributes, ListNothingOfWhatIsNoArray) {
    EXPECT_EQ(listOf("a"), "");
    EXPECT_EQ(listOf(1), "");
    EXPECT_EQ(listOf(std::vector<std::string>{}), "");
}

TEST(ResourceAttributes, AreTheSameInACopy) {
    Resource given;
    given.service = {"LoopShare", "1.2.0"};
    given.attributes["ratio"] = std::numeric_limits<double>::quiet_NaN();
    Resource copied;
    EXPECT_FALSE(detail::isSame(given, copied));
    detail::copy(given, copied);
    EXPECT_TRUE(detail::isSame(given, copied));
}

}
