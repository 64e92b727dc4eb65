#include "session.h"

#include <sidespan/juce/host_attributes.h>

#include "loop_share_fixture.h"
#include "support/thread_names.h"

namespace loopshare::testing {
namespace {

class SessionTest : public LoopShareTest {};

TEST_F(SessionTest, IsOneForAllAndGoneWithTheLast) {
    auto first = session();
    auto second = Session::shared();
    EXPECT_EQ(first, second);
    const std::weak_ptr<Session> watched = first;
    first.reset();
    EXPECT_FALSE(watched.expired());
    second.reset();
    EXPECT_TRUE(watched.expired());
}

TEST_F(SessionTest, KnowsTheHostAndThePluginFormat) {
    auto& format = juce::PluginHostType::jucePlugInClientCurrentWrapperType;
    const auto before = format;
    format = juce::AudioProcessor::wrapperType_VST3;
    EXPECT_EQ(sidespan::hostAttributes(),
              (sidespan::Attributes{{"daw.name", "loopshare_test"}, {"plugin.format", "VST3"}}));
    format = juce::AudioProcessor::wrapperType_Standalone;
    EXPECT_EQ(sidespan::hostAttributes(), (sidespan::Attributes{{"plugin.format", "Standalone"}}));
    format = before;
}

TEST_F(SessionTest, RemembersWhatTheUserAnswered) {
    session(Consent::unknown)->setConsent(Consent::denied);
    EXPECT_EQ(Session::shared()->consent(), Consent::denied);
    EXPECT_EQ(Settings(settingsFile()).consent(), Consent::denied);
}

TEST_F(SessionTest, WritesNoSpanToDiskBeforeConsent) {
    const auto session = this->session(Consent::unknown);
    { auto span = session->recorder().span("audio.upload"); }
    EXPECT_TRUE(session->recorder().flush(std::chrono::seconds(10)));
    EXPECT_FALSE(settingsFile().getSiblingFile("outbox").exists());
    EXPECT_EQ(session->preview(), "");
    EXPECT_EQ(server_.connectionCount(), 0U);
}

TEST_F(SessionTest, ForgetsAnErrorWhenDeliveryGoesOn) {
    const auto session = this->session();
    auto& recorder = session->recorder();
    server_.then(sidespan::test::faults::answer(400));
    { auto span = recorder.span("audio.upload"); }
    EXPECT_TRUE(recorder.flush(std::chrono::seconds(10)));
    ASSERT_TRUE(eventually([&] { return session->lastError().has_value(); }));
    EXPECT_EQ(session->lastError()->code, sidespan::ErrorCode::rejected);
    { auto span = recorder.span("audio.upload"); }
    EXPECT_TRUE(recorder.flush(std::chrono::seconds(10)));
    EXPECT_EQ(recorder.stats().delivered, 1U);
    EXPECT_FALSE(session->lastError());
}

TEST_F(SessionTest, RefusesWhatIsNoAddress) {
    const auto session = this->session();
    for (const auto* url : {"", "loops", "ftp://loops.example.com", "https://", "https://loops example.com",
                            "http://host:notaport", "http://host:", "http://host:0", "http://host:65536",
                            "http://:80", "http://user:pw@host", "http://host?q=1", "http://host/#top",
                            "http://[::1", "http://[]", "http://[::1]80", "http://a]b"}) {
        const auto outcome = session->setEndpoint(url);
        ASSERT_FALSE(outcome) << url;
        EXPECT_EQ(outcome.error().code, sidespan::ErrorCode::invalidConfig);
    }
    EXPECT_EQ(session->endpoint(), server_.url());
}

TEST_F(SessionTest, TakesEveryFormOfAnAddress) {
    for (const auto* url : {"https://loops.example.com", "http://localhost:8080", "http://[::1]:8080",
                            "http://[::1]", "https://example.com/loops/here"}) {
        EXPECT_TRUE(session()->setEndpoint(url)) << url;
    }
}

// The user signs in at another service with the plugin in another host.
TEST_F(SessionTest, TakesATokenToNoServiceButItsOwn) {
    const sidespan::test::FaultServer other;
    auto session = this->session();
    {
        Settings elsewhere(settingsFile());
        elsewhere.setEndpoint(other.url());
        elsewhere.setSignedIn(other.url(), {"ada", "user-1", "secret", 1});
    }
    settingsFile().setLastModificationTime(juce::Time::getCurrentTime() + juce::RelativeTime(5));
    session->takeOverSettings();
    EXPECT_EQ(session->token(), "");
    session = Session::shared();
    EXPECT_EQ(session->endpoint(), other.url());
    EXPECT_EQ(session->token(), "secret");
}

TEST_F(SessionTest, IsReplacedWhenAnotherServiceIsChosen) {
    struct Listener : Session::Listener {
        void sessionReplaced(const std::shared_ptr<Session>& session) override { next = session; }
        std::shared_ptr<Session> next;
    } listener;
    const auto session = this->session();
    session->addListener(listener);
    const sidespan::test::FaultServer other;
    ASSERT_TRUE(session->setEndpoint(other.url()));
    session->removeListener(listener);
    ASSERT_TRUE(listener.next);
    EXPECT_EQ(listener.next->endpoint(), other.url());
    EXPECT_EQ(Session::shared(), listener.next);
    { auto span = listener.next->recorder().span("audio.upload"); }
    EXPECT_TRUE(listener.next->recorder().flush(std::chrono::seconds(10)));
    EXPECT_EQ(other.storedSpans(), 1U);
}

}
}
