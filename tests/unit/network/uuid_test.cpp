#include <sidespan/network/detail/uuid.h>

#include <string>

#include <gtest/gtest.h>

namespace sidespan::detail {
namespace {

using namespace std::string_literals;

const Uuid namespaceOfDns =
    Uuid::fromBytes("\x6b\xa7\xb8\x10\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8"s);

TEST(Uuid, HasTheTextOfItsBytes) {
    EXPECT_EQ(namespaceOfDns.text(), "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    EXPECT_EQ(Uuid::fromBytes(namespaceOfDns.bytes()), namespaceOfDns);
    EXPECT_EQ(Uuid::fromBytes("too short"), Uuid());
}

TEST(Uuid, IsOfVersionFourWhenRandom) {
    const auto drawn = Uuid::random();
    EXPECT_EQ(drawn.text()[14], '4');
    EXPECT_NE(std::string("89ab").find(drawn.text()[19]), std::string::npos);
    EXPECT_NE(drawn, Uuid::random());
}

// Written on disk by earlier versions: uuid5(6ba7b810-…, "1") of any other implementation.
TEST(Uuid, HasPartsOfVersionFive) {
    EXPECT_EQ(namespaceOfDns.part(1).text(), "b04965e6-a9bb-591f-8f8a-1adcb2c8dc39");
    EXPECT_NE(namespaceOfDns.part(1), namespaceOfDns.part(2));
}

}
}
