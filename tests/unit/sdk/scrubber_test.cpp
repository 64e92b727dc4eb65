#include <chrono>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/detail/drain/scrubber.h>
#include <sidespan/recorder.h>
#include <sidespan/span.h>

#include "probe_sink.h"
#include "support/environment_variable.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using detail::Scrubber;

TEST(Scrubber, KnowsKeysThatNameSecrets) {
    for (const char* key : {"password", "user.password", "userPassword", "API_KEY", "api-key", "apiKey",
                            "x.api.key", "auth.token", "accessToken", "Authorization", "set-cookie",
                            "client_secret", "aws.credentials", "private.key", "passphrase", "bearer"}) {
        EXPECT_TRUE(Scrubber::looksSecret(key)) << key;
    }
    for (const char* key :
         {"file.name", "audio.key", "keyboard", "pass", "codec", "midi.note", "author", ""}) {
        EXPECT_FALSE(Scrubber::looksSecret(key)) << key;
    }
}

/// What a sink is given of spans recorded in a home directory of the test's.
class ScrubbedRecorder : public ::testing::Test {
protected:
    ScrubbedRecorder() {
        if (const char* home = std::getenv(homeVariable)) home_ = home;
        setVariable(homeVariable, "/home/ann/");
        config_.consent = Consent::granted;
    }
    ~ScrubbedRecorder() override { setVariable(homeVariable, home_); }

    template <class Write>
    Span record(Write write) {
        Recorder<SteadyClock, ProbeSink, std::mutex> recorder(config_);
        Span copy;
        recorder.sink().onConsume = [&](const SpanBatch& batch) { copy = (*batch.begin()).toSpan({}); };
        {
            auto span = recorder.span("work");
            write(span);
        }
        EXPECT_TRUE(recorder.flush(10s));
        return copy;
    }

    Config config_;
    std::string home_;
};

TEST_F(ScrubbedRecorder, MasksValuesOfEveryType) {
    const auto seen = record([](auto& span) {
        span.set("password", "hunter2 and more of it");
        span.set("pin.secret", 1234);
        span.set("token", 0.5);
        span.set("cookie", true);
        span.set("api_key", "x");
        span.set("codec", "flac");
        span.event("login", attr("user.password", "hunter2"), attr("attempt", 2));
    });
    for (const char* key : {"password", "pin.secret", "token", "cookie", "api_key"}) {
        EXPECT_EQ(seen.attributes.at(key), "***") << key;
    }
    EXPECT_EQ(seen.attributes.at("codec"), "flac");
    ASSERT_EQ(seen.events.size(), 1U);
    EXPECT_EQ(seen.events[0].attributes.at("user.password"), "***");
    EXPECT_EQ(seen.events[0].attributes.at("attempt"), AttributeValue(2));
}

TEST_F(ScrubbedRecorder, ShortensTheHomeDirectory) {
    const auto seen = record([](auto& span) {
        span.set("file", "/home/ann/Music/loop.wav");
        span.set("home", "/home/ann");
        span.set("two", "/home/ann/a to /home/ann/b, not /home/anna/c");
        span.set("url", "file:///home/ann/x");
        span.set("other", "/home/bob/Music");
        span.event("saved", attr("file", "/home/ann/loop.flac"));
        span.setStatus(SpanStatus::error, "cannot open /home/ann/loop.wav: gone");
    });
    EXPECT_EQ(seen.attributes.at("file"), "~/Music/loop.wav");
    EXPECT_EQ(seen.attributes.at("home"), "~");
    EXPECT_EQ(seen.attributes.at("two"), "~/a to ~/b, not /home/anna/c");
    EXPECT_EQ(seen.attributes.at("url"), "file://~/x");
    EXPECT_EQ(seen.attributes.at("other"), "/home/bob/Music");
    EXPECT_EQ(seen.events[0].attributes.at("file"), "~/loop.flac");
    EXPECT_EQ(seen.statusMessage, "cannot open ~/loop.wav: gone");
}

TEST_F(ScrubbedRecorder, ScrubsEachTextOfAnArray) {
    setVariable(homeVariable, "/home/ann");
    config_.scrub = [](std::string_view key, const AttributeValueView& value) {
        const auto* array = std::get_if<sidespan::AttributeArrayView>(&value);
        if (key == "masked") return array->size() == 3 ? Scrub::mask : Scrub::keep;
        return key == "removed" ? Scrub::remove : Scrub::keep;
    };
    const auto seen = record([](auto& span) {
        span.set("files", {"/home/ann/a.wav", "", "b.wav", "file:///home/ann/c.wav"});
        span.set("tokens", {"hunter2", "hunter3"});
        span.set("masked", {1, 2, 3});
        span.set("removed", {0.5});
    });
    using Texts = std::vector<std::string>;
    EXPECT_EQ(seen.attributes.at("files"),
              sidespan::AttributeValue(Texts{"~/a.wav", "", "b.wav", "file://~/c.wav"}));
    EXPECT_EQ(seen.attributes.at("tokens"), "***");
    EXPECT_EQ(seen.attributes.at("masked"), "***");
    EXPECT_FALSE(seen.attributes.contains("removed"));
}

// As containers have it: it names nobody, and is the end of other paths.
TEST_F(ScrubbedRecorder, ShortensAHomeOfOneFolderOnlyWhereAPathBegins) {
    setVariable(homeVariable, "/data");
    const auto seen = record([](auto& span) {
        span.set("file", "/data/loop.wav");
        span.set("mount", "/mnt/data/loop.wav");
        span.set("url", "https://h/api/v1/data/1");
    });
    EXPECT_EQ(seen.attributes.at("file"), "~/loop.wav");
    EXPECT_EQ(seen.attributes.at("mount"), "/mnt/data/loop.wav");
    EXPECT_EQ(seen.attributes.at("url"), "https://h/api/v1/data/1");
}

TEST_F(ScrubbedRecorder, AsksTheHookAboutTheRest) {
    std::vector<std::string> asked;
    config_.scrub = [&](std::string_view key, const AttributeValueView& value) {
        asked.emplace_back(key);
        if (key == "file") return std::get<std::string_view>(value) == "~/a" ? Scrub::mask : Scrub::keep;
        if (key == "note") return Scrub::remove;
        if (key == "bad") throw std::runtime_error("the hook's own trouble");
        return key == "status.message" ? Scrub::remove : Scrub::keep;
    };
    const auto seen = record([](auto& span) {
        span.set("file", "/home/ann/a");
        span.set("password", "hunter2");
        span.set("note", 60);
        span.set("bad", "x");
        span.set("codec", "flac");
        span.setStatus(SpanStatus::error, "what the server said");
    });
    EXPECT_EQ(seen.attributes.at("file"), "***");
    EXPECT_EQ(seen.attributes.at("password"), "***");
    EXPECT_FALSE(seen.attributes.contains("note"));
    EXPECT_FALSE(seen.attributes.contains("bad"));
    EXPECT_EQ(seen.attributes.at("codec"), "flac");
    EXPECT_EQ(seen.statusMessage, "");
    EXPECT_THAT(asked, ::testing::UnorderedElementsAre("file", "note", "bad", "codec", "status.message"));
}

TEST_F(ScrubbedRecorder, LeavesAnEmptySecretEmpty) {
    const auto seen = record([](auto& span) { span.set("password", ""); });
    EXPECT_EQ(seen.attributes.at("password"), "");
}

TEST_F(ScrubbedRecorder, JudgesKeysThatShareAPlaceInItsMemory) {
    // Many keys of one length and of the same first and last letter.
    for (int i = 0; i < 3; ++i) {
        const auto seen = record([](auto& span) {
            span.set("a.token.b", "1");
            span.set("a.taken.b", "2");
            span.set("a.tokem.b", "3");
            span.set("a.token.b", "4");
        });
        EXPECT_EQ(seen.attributes.at("a.token.b"), "***");
        EXPECT_EQ(seen.attributes.at("a.taken.b"), "2");
        EXPECT_EQ(seen.attributes.at("a.tokem.b"), "3");
    }
}

// The resource that a sink gets from a recorder with this configuration.
Resource resourceOf(Config config) {
    config.consent = Consent::granted;
    Recorder<SteadyClock, ProbeSink, std::mutex> recorder(config);
    Resource told;
    recorder.sink().onConsume = [&](const SpanBatch& batch) { told = batch.resource(); };
    { auto span = recorder.span("work"); }
    EXPECT_TRUE(recorder.flush(10s));
    return told;
}

TEST_F(ScrubbedRecorder, TreatsTheResourceAsItDoesSpans) {
    config_.resource = {{"team", "audio"},
                        {"build.number", 512},
                        {"api.token", "abc"},
                        {"presets", "/home/ann/presets"},
                        {"hidden", true}};
    config_.scrub = [](std::string_view key, const AttributeValueView&) {
        return key == "hidden" ? Scrub::remove : Scrub::keep;
    };
    EXPECT_EQ(resourceOf(config_).attributes,
              (Attributes{
                  {"api.token", "***"}, {"build.number", 512}, {"presets", "~/presets"}, {"team", "audio"}}));
}

TEST_F(ScrubbedRecorder, GivesEachRecorderAnInstanceIdUnlessItHasOne) {
    const auto first = resourceOf(config_).service.instanceId;
    EXPECT_TRUE(TraceId::parse(first)) << first;
    EXPECT_EQ(first.size(), 36U);
    EXPECT_NE(resourceOf(config_).service.instanceId, first);
    config_.service.instanceId = "rack-4";
    EXPECT_EQ(resourceOf(config_).service.instanceId, "rack-4");
}

}
}
