#include "feed.h"

#include "loop_share_fixture.h"

namespace loopshare::testing {
namespace {

using sidespan::test::faults::answer;

constexpr auto twoLoops = R"({"loops":[
    {"id":"b","name":"Drums","bytes":2048,"contentType":"audio/flac","uploadedAt":"2026-11-23T18:40:00.000Z","userId":null},
    {"id":"a","name":"Bass","bytes":1024,"contentType":"audio/flac","uploadedAt":"2026-11-23T18:39:00.000Z","userId":"u"}]})";

class FeedTest : public LoopShareTest {
protected:
    Feed::Status refresh(const std::shared_ptr<Session>& session) {
        const auto before = session->feed().status().version;
        session->feed().refresh();
        EXPECT_TRUE(eventually([&] { return session->feed().status().version != before; }));
        return session->feed().status();
    }
};

TEST_F(FeedTest, ListsWhatTheServiceHas) {
    server_.then(answer(200, twoLoops));
    const auto session = this->session();
    const auto feed = refresh(session);
    ASSERT_EQ(feed.loops.size(), 2U);
    EXPECT_EQ(feed.loops[0].id, "b");
    EXPECT_EQ(feed.loops[0].name, "Drums");
    EXPECT_EQ(feed.loops[0].bytes, 2048);
    EXPECT_FALSE(feed.isLoading);
    EXPECT_EQ(lastOperation(*session), "feed.refresh network.get feed.parse");
    EXPECT_NE(request("/api/v1/audio/loops?limit=50").header("traceparent"), "");
}

TEST_F(FeedTest, KeepsTheListItHasWhenTheNextOneFails) {
    server_.then(answer(200, twoLoops)).then(answer(404));
    const auto session = this->session();
    refresh(session);
    const auto feed = refresh(session);
    ASSERT_TRUE(feed.error);
    EXPECT_EQ(feed.error->code, sidespan::ErrorCode::rejected);
    EXPECT_EQ(feed.loops.size(), 2U);
}

TEST_F(FeedTest, RefusesAnAnswerThatIsNoList) {
    server_.then(answer(200, "<html>"));
    EXPECT_TRUE(refresh(session()).error);
}

TEST_F(FeedTest, RefusesAnAnswerThatWouldCrashItsReader) {
    const auto session = this->session();
    for (const auto& body :
         {std::string(2'000'000, '['), R"({"loops":)" + std::string(100'000, '['),
          R"({'"':)" + std::string(100'000, '['), R"({"loops":[)" + std::string(2'000'000, ' ') + "]}"}) {
        server_.then(answer(200, body));
        EXPECT_TRUE(refresh(session).error);
    }
}

TEST_F(FeedTest, TakesOfALoopWhatItCanShow) {
    const auto longName = std::string(100'000, 'x');
    server_.then(answer(
        200,
        R"({"loops":[{"id":"../../auth/refresh","name":"a"},{"id":"a?b","name":"a"},{"id":"..","name":"a"},
        {"name":"no id"},{"id":7,"name":"a"},{"id":{"a":1},"name":"a"},"text",null,[],
        {"id":"good","name":"one
line","bytes":-5,"uploadedAt":"yesterday"},
        {"id":"b","name":")" +
            longName + R"(","bytes":1e999},{"id":"c","name":{"x":1},"bytes":"9"}]})"));
    const auto loops = refresh(session()).loops;
    ASSERT_EQ(loops.size(), 3U);
    EXPECT_EQ(loops[0].id, "good");
    EXPECT_EQ(loops[0].name, "oneline");
    EXPECT_EQ(loops[0].bytes, 0);
    EXPECT_EQ(loops[1].name.length(), 200);
    EXPECT_GT(loops[1].bytes, 0);
    EXPECT_TRUE(loops[2].name.isEmpty());
    EXPECT_EQ(loops[2].bytes, 0);
}

TEST_F(FeedTest, ListsNoMoreThanItAskedFor) {
    std::string body = R"({"loops":[)";
    for (int i = 0; i < 200; ++i) body += (i == 0 ? "" : ",") + (R"({"id":")" + std::to_string(i) + R"("})");
    server_.then(answer(200, body + "]}"));
    EXPECT_EQ(refresh(session()).loops.size(), 50U);
}

TEST_F(FeedTest, WorksForAUserWhoRefusesTelemetryWithoutATrace) {
    server_.then(answer(200, twoLoops));
    const auto feed = refresh(session(Consent::denied));
    EXPECT_EQ(feed.loops.size(), 2U);
    EXPECT_FALSE(feed.trace.isValid());
    const auto seen = request("/api/v1/audio/loops?limit=50");
    EXPECT_EQ(seen.header("traceparent"), "");
    EXPECT_EQ(seen.header("x-trace-id"), "");
}

}
}
