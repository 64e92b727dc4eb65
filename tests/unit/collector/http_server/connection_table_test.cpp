#include "connection_table.h"

#include <string>

#include <gtest/gtest.h>

namespace sidespan::http_server {
namespace {

class ConnectionTableTest : public ::testing::Test {
protected:
    ConnectionTable::Id add(char name) {
        return table_.add([this, name] { closed_ += name; });
    }
    ConnectionTable table_{2};
    std::string closed_;
};

TEST_F(ConnectionTableTest, ClosesTheLongestIdleConnectionForANewOne) {
    auto a = add('a');
    auto b = add('b');
    table_.setBusy(a);
    EXPECT_TRUE(table_.setIdle(a));
    EXPECT_NE(add('c'), 0U);
    EXPECT_EQ(closed_, "b");
    EXPECT_FALSE(table_.setIdle(b));
}

TEST_F(ConnectionTableTest, RefusesWhenAllAreBusy) {
    table_.setBusy(add('a'));
    table_.setBusy(add('b'));
    EXPECT_EQ(add('c'), 0U);
    EXPECT_EQ(closed_, "");
}

TEST_F(ConnectionTableTest, ARemovedConnectionMakesRoom) {
    auto a = add('a');
    table_.setBusy(a);
    table_.setBusy(add('b'));
    table_.remove(a);
    EXPECT_NE(add('c'), 0U);
    EXPECT_EQ(closed_, "");
}

TEST_F(ConnectionTableTest, ClosingTakesTheIdleOnesFirstAndLetsNobodyIn) {
    auto a = add('a');
    table_.setBusy(a);
    add('b');
    table_.beginClosing();
    EXPECT_EQ(closed_, "b");
    EXPECT_EQ(add('c'), 0U);
    EXPECT_FALSE(table_.setIdle(a));
    table_.closeAll();
    EXPECT_EQ(closed_.front(), 'b');
    EXPECT_NE(closed_.find('a'), closed_.npos);
}

}
}
