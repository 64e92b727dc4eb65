#include "store/postgres/stored_json.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sidespan::collector::postgres {
namespace {

using namespace std::string_literals;

TEST(StoredJson, KeepsWhatADoubleIs) {
    EXPECT_EQ(storedJson(R"({"a":4.8E4,"b":1E-1,"c":48000,"d":4.8e0})"),
              R"({"a":4.80000E4,"b":1E-1,"c":48000,"d":4.8e0})");
    EXPECT_EQ(storedJson("[1E3,1.5E+2,-2E0,1.25E1]"), "[1.0000E3,1.500E+2,-2.0E0,1.25E1]");
}

TEST(StoredJson, LeavesTextsButForWhatPostgresCannotStore) {
    EXPECT_EQ(storedJson(R"({"k":"1E3 \"\\u0000\" \\"})"), R"({"k":"1E3 \"\\u0000\" \\"})");
    EXPECT_EQ(storedJson(R"({"a\u0000b":"\u0000"})"), R"({"a\ufffdb":"\ufffd"})");
}

TEST(StoredText, IsUtf8WithoutNul) {
    EXPECT_EQ(storedText("a\0b"s),
              "a\xef\xbf\xbd"
              "b");
    EXPECT_EQ(storedText("\xc3\xa9 \xff"), "\xc3\xa9 \xef\xbf\xbd");
}

TEST(StoredName, HasAsManyCharactersAsAnIndexHolds) {
    std::string name;
    for (int i = 0; i < 300; ++i) name += "\xc3\xa9";
    EXPECT_EQ(storedName(name), name.substr(0, 510));
    EXPECT_EQ(storedName("audio.encode"), "audio.encode");
}

}
}
