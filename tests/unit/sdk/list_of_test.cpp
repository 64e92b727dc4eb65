#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/attribute_value.h>

namespace {

using sidespan::AttributeValue;

std::string listOf(const AttributeValue& value) {
    return sidespan::detail::listOf(value, [](std::string& list, const AttributeValue& element) {
        list += "<" + sidespan::toString(element) + ">";
    });
}

TEST(ListOf, AppendsEachElementOfAnArrayAsAValue) {
    EXPECT_EQ(listOf(std::vector<std::string>{"a", "", "b"}), "<a><><b>");
    EXPECT_EQ(listOf(std::vector<std::int64_t>{-1, 2}), "<-1><2>");
    EXPECT_EQ(listOf(std::vector<double>{0.5}), "<0.5>");
    EXPECT_EQ(listOf(std::vector<bool>{true, false}), "<true><false>");
}

TEST(ListOf, IsEmptyOfWhatIsNoArray) {
    EXPECT_EQ(listOf("a"), "");
    EXPECT_EQ(listOf(1), "");
    EXPECT_EQ(listOf(std::vector<std::string>{}), "");
}

}
