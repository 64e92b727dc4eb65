#include "api/span_posts.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spans.h"

namespace sidespan::collector {
namespace {

using testing::row;
using testing::spanJson;
using testing::traceA;
using testing::traceB;

class SpanPostsTest : public ::testing::Test {
protected:
    SpanPostPtr add(std::initializer_list<std::string_view> traces, std::string instance = "",
                    std::size_t bytes = 1'000) {
        auto post = std::make_shared<SpanPost>();
        for (const auto& trace : traces) post->batch.rows.push_back(row(spanJson(trace, 1, 0, "a", 0, 1)));
        post->client.instance = std::move(instance);
        post->request.reservation = budget_.reserve();
        EXPECT_TRUE(post->request.reservation.grow(bytes));
        EXPECT_TRUE(posts_.tryAdd(post));
        return post;
    }
    std::size_t takeTogether() { return posts_.takeTogether().size(); }

    http_server::BodyBudget budget_{std::size_t{1} << 30U};
    SpanPosts posts_{100};
};

std::string otherTrace(std::size_t number) {
    return fmt::format("{:08x}-5e6f-4a0b-8c1d-2e3f4a5b6c7d", number);
}

TEST_F(SpanPostsTest, AreTakenInTheirOrder) {
    const auto first = add({traceA});
    const auto second = add({traceB});
    EXPECT_THAT(posts_.takeTogether(), ::testing::ElementsAre(first, second));
    EXPECT_EQ(posts_.size(), 2U) << "they are not stored yet";
    EXPECT_FALSE(posts_.hasMore());
    EXPECT_EQ(posts_.size(), 0U);
}

TEST_F(SpanPostsTest, AreNotTakenTogetherWithOthersOfTheirTrace) {
    add({traceA});
    add({traceB, traceA});
    add({otherTrace(1)});
    EXPECT_EQ(takeTogether(), 1U);
    EXPECT_EQ(takeTogether(), 2U);
}

TEST_F(SpanPostsTest, AreNotTakenTogetherWithOthersOfTheirClient) {
    add({otherTrace(1)}, "i1");
    add({otherTrace(2)}, "i2");
    add({otherTrace(3)});
    add({otherTrace(4)});
    add({otherTrace(5)}, "i1");
    EXPECT_EQ(takeTogether(), 4U);
    EXPECT_EQ(takeTogether(), 1U);
}

TEST_F(SpanPostsTest, AreTakenTogetherUpToANumberAndASize) {
    for (std::size_t i = 0; i < 65; ++i) add({otherTrace(i)});
    EXPECT_EQ(takeTogether(), 64U);
    EXPECT_EQ(takeTogether(), 1U);
    add({traceA}, "", std::size_t{2} << 20U);
    add({traceB});
    EXPECT_EQ(takeTogether(), 1U) << "a large one goes, alone";
    EXPECT_EQ(takeTogether(), 1U);
}

TEST_F(SpanPostsTest, AreRefusedWhenTooManyWait) {
    for (std::size_t i = 0; i < 100; ++i) add({otherTrace(i)});
    EXPECT_FALSE(posts_.tryAdd(std::make_shared<SpanPost>()));
    EXPECT_EQ(takeTogether(), 64U);
    EXPECT_TRUE(posts_.tryAdd(std::make_shared<SpanPost>()));
}

TEST_F(SpanPostsTest, AreStoredByOneAtATime) {
    EXPECT_FALSE(posts_.startStoring()) << "there are none";
    add({traceA});
    EXPECT_TRUE(posts_.startStoring());
    add({traceA});
    EXPECT_FALSE(posts_.startStoring());
    EXPECT_EQ(takeTogether(), 1U);
    EXPECT_TRUE(posts_.hasMore());
    EXPECT_FALSE(posts_.startStoring());
    EXPECT_EQ(takeTogether(), 1U);
    EXPECT_FALSE(posts_.hasMore());
    add({traceA});
    EXPECT_TRUE(posts_.startStoring());
}

TEST_F(SpanPostsTest, DoNotWaitWhenNobodyCanBeFoundToStoreThem) {
    const auto post = add({traceA});
    EXPECT_TRUE(posts_.startStoring());
    posts_.drop();
    EXPECT_EQ(posts_.size(), 0U);
    EXPECT_EQ(post.use_count(), 1) << "its connection closes";
    add({traceA});
    EXPECT_TRUE(posts_.startStoring());
}

}
}
