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
