#include <sidespan/chrome_trace/detail/writer_number.h>

#include <cstdint>
#include <deque>
#include <optional>

#include <gtest/gtest.h>

namespace {

using sidespan::detail::WriterNumber;

TEST(WriterNumber, IsTheLowestThatIsFree) {
    std::optional<WriterNumber> first(std::in_place);
    const WriterNumber second;
    EXPECT_EQ(first->value(), 0U);
    EXPECT_EQ(second.value(), 1U);
    first.reset();
    const WriterNumber third;
    const WriterNumber fourth;
    EXPECT_EQ(third.value(), 0U);
    EXPECT_EQ(fourth.value(), 2U);
}

TEST(WriterNumber, IsSharedByThoseForWhomNoneIsLeft) {
    {
        std::deque<WriterNumber> numbers(66);
        for (std::uint32_t i = 0; i < numbers.size(); ++i)
            EXPECT_EQ(numbers[i].value(), i < WriterNumber::most ? i : WriterNumber::most);
    }
    EXPECT_EQ(WriterNumber().value(), 0U);
}

}
