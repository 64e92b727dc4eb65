#include <sidespan/encoding/detail/protobuf.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace sidespan::detail::protobuf {
namespace {

using namespace std::string_view_literals;

TEST(Protobuf, ReadsWhatItWrites) {
    std::string message;
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128},
                                       std::uint64_t{300}, (std::numeric_limits<std::uint64_t>::max)()}) {
        message.clear();
        appendNumberField(message, 3, number);
        appendBytesField(message, 2000, "text");
        Fields fields(message);
        ASSERT_TRUE(fields.next());
        EXPECT_EQ(fields.field(), 3U);
        EXPECT_EQ(fields.type(), WireType::varint);
        EXPECT_EQ(fields.number(), number);
        ASSERT_TRUE(fields.next());
        EXPECT_EQ(fields.field(), 2000U);
        EXPECT_EQ(fields.bytes(), "text");
        EXPECT_FALSE(fields.next());
        EXPECT_TRUE(fields.problem().empty());
    }
}

TEST(Protobuf, ReadsFixedNumbersFromTheirLowestByte) {
    Fields fields("\x09\x01\x02\x03\x04\x05\x06\x07\x08\x15\x01\x00\x00\x80"sv);
    ASSERT_TRUE(fields.next());
    EXPECT_EQ(fields.type(), WireType::fixed64);
    EXPECT_EQ(fields.number(), 0x0807'0605'0403'0201U);
    ASSERT_TRUE(fields.next());
    EXPECT_EQ(fields.type(), WireType::fixed32);
    EXPECT_EQ(fields.number(), 0x8000'0001U);
}

TEST(Protobuf, ReadsALengthThatIsPadded) {
    std::string message("\x0a....hey");
    writePaddedLength<4>(message.data() + 1, 3);
    Fields fields(message);
    ASSERT_TRUE(fields.next());
    EXPECT_EQ(fields.bytes(), "hey");
}

TEST(Protobuf, SkipsAGroup) {
    Fields fields("\x0b\x10\x01\x1b\x22\x02\x0c\x0c\x1c\x15....\x0c\x10\x02"sv);
    ASSERT_TRUE(fields.next());
    EXPECT_TRUE(fields.is(1, WireType::groupStart));
    EXPECT_EQ(fields.number(), 0U);
    EXPECT_EQ(fields.bytes(), "");
    ASSERT_TRUE(fields.next());
    EXPECT_TRUE(fields.is(2, WireType::varint));
    EXPECT_EQ(fields.number(), 2U);
    EXPECT_FALSE(fields.next());
    EXPECT_TRUE(fields.problem().empty());
}

TEST(Protobuf, BoundsHowDeepGroupsMayBe) {
    const std::string deepest = std::string(100, '\x0b') + std::string(100, '\x0c');
    EXPECT_TRUE(Fields(deepest).next());
    const std::string tooDeep = '\x0b' + deepest + '\x0c';
    Fields fields(tooDeep);
    EXPECT_FALSE(fields.next());
    EXPECT_EQ(fields.problem(), "groups nested more than 100 deep");
}

TEST(Protobuf, SaysWhatIsWrongAndStopsThere) {
    for (const auto& [message, problem] :
         {std::pair{"\x08"sv, "a number that is cut off"sv},
          {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv, "a number of more than ten bytes"sv},
          {"\x0a\x02x"sv, "a field that is longer than its message"sv},
          {"\x09\x01"sv, "a field that is longer than its message"sv},
          {"\x0e"sv, "an invalid wire type"sv},
          {"\x0c"sv, "an invalid wire type"sv},
          {"\x0b"sv, "a group without an end"sv},
          {"\x0b\x10\x01\x14"sv, "the end of another group"sv},
          {"\x0b\x0e\x0c"sv, "an invalid wire type"sv},
          {"\x0b\x12\x05\x0c"sv, "a field that is longer than its message"sv},
          {"\x00\x01"sv, "an invalid field number"sv}}) {
        Fields fields(message);
        EXPECT_FALSE(fields.next());
        EXPECT_EQ(fields.problem(), problem);
        EXPECT_FALSE(fields.next());
    }
}

}
}
