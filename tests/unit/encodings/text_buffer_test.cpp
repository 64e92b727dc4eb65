#include <sidespan/encoding/text_buffer.h>

#include <cstring>
#include <new>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace {

using sidespan::TextBuffer;

TEST(TextBuffer, BeginsEmptyWithoutStorage) {
    const TextBuffer buffer;
    EXPECT_TRUE(buffer.isEmpty());
    EXPECT_EQ(buffer.view(), "");
    EXPECT_EQ(buffer.capacity(), 0U);
}

TEST(TextBuffer, HoldsWhatIsAppended) {
    TextBuffer buffer;
    std::string expected;
    for (int i = 0; i < 5000; ++i) {
        const std::string piece = std::to_string(i);
        buffer.append(piece);
        buffer.append(',');
        expected += piece + ",";
    }
    buffer.append("");
    EXPECT_EQ(buffer.view(), expected);
    EXPECT_EQ(buffer.size(), expected.size());
}

TEST(TextBuffer, GrowsByDoublingAndKeepsItsStorage) {
    TextBuffer buffer;
    std::size_t growths = 0;
    for (std::size_t capacity = 0, i = 0; i < 1'000'000; ++i) {
        buffer.append('x');
        growths += buffer.capacity() != capacity ? 1U : 0U;
        capacity = buffer.capacity();
    }
    EXPECT_LE(growths, 11U);
    const std::size_t before = buffer.capacity();
    const char* storage = buffer.view().data();
    buffer.clear();
    EXPECT_TRUE(buffer.isEmpty());
    buffer.append(std::string(1'000'000, 'y'));
    EXPECT_EQ(buffer.capacity(), before);
    EXPECT_EQ(buffer.view().data(), storage);
}

TEST(TextBuffer, TakesWhatIsWrittenIntoItsRoom) {
    TextBuffer buffer;
    buffer.append("ab");
    char* room = buffer.reserve(5000);
    EXPECT_GE(buffer.capacity(), 5002U);
    std::memcpy(room, "cde", 3);
    buffer.advanceTo(room + 3);
    EXPECT_EQ(buffer.view(), "abcde");
    buffer.truncate(1);
    EXPECT_EQ(buffer.view(), "a");
}

TEST(TextBuffer, LeavesNothingBehindWhenMoved) {
    TextBuffer buffer;
    buffer.append("text");
    TextBuffer moved = std::move(buffer);
    EXPECT_EQ(moved.view(), "text");
    EXPECT_TRUE(buffer.isEmpty());  // NOLINT(bugprone-use-after-move): it can be used again
    buffer.append("more");
    moved = std::move(buffer);
    EXPECT_EQ(moved.view(), "more");
}

TEST(TextBuffer, RefusesRoomThatCannotBe) {
    TextBuffer buffer;
    buffer.append("kept");
    EXPECT_THROW((void)buffer.reserve(static_cast<std::size_t>(-1) / 2), std::bad_alloc);
    EXPECT_EQ(buffer.view(), "kept");
}

}
