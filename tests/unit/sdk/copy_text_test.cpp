#include <array>
#include <cstddef>
#include <string>

#include <gtest/gtest.h>
#include <sidespan/detail/record/copy_text.h>

namespace {

using sidespan::detail::copyText;
using sidespan::detail::cutText;

TEST(CopyText, CopiesEveryLengthAndNothingBeyond) {
    std::string text(100, ' ');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('!' + i % 90);
    for (std::size_t size = 0; size <= text.size(); ++size) {
        std::array<std::byte, 120> room;
        room.fill(std::byte{0xee});
        copyText(room.data(), std::string_view(text).substr(0, size));
        const std::string_view copied(reinterpret_cast<const char*>(room.data()), size);
        EXPECT_EQ(copied, text.substr(0, size));
        for (std::size_t i = size; i < room.size(); ++i)
            ASSERT_EQ(room[i], std::byte{0xee}) << "size " << size;
    }
}

TEST(CutText, LeavesShortTextAlone) {
    EXPECT_EQ(cutText("abc", 3), "abc");
    EXPECT_EQ(cutText("", 0), "");
}

TEST(CutText, CutsBetweenCharacters) {
    EXPECT_EQ(cutText("abcd", 3), "abc");
    EXPECT_EQ(cutText("aé", 2), "a");
    EXPECT_EQ(cutText("aéb", 3), "aé");
    EXPECT_EQ(cutText("€", 2), "");
    EXPECT_EQ(cutText("a😀", 4), "a");
    EXPECT_EQ(cutText("a😀b", 5), "a😀");
    EXPECT_EQ(cutText("é", 0), "");
}

TEST(CutText, CutsWhatIsNotUtf8SomewhereNearTheLimit) {
    const std::string bytes(100, '\x80');
    EXPECT_GE(cutText(bytes, 50).size(), 46U);
    EXPECT_LE(cutText(bytes, 50).size(), 50U);
}

static_assert(cutText("aé", 2) == "a");

}
