#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/detail/platform.h>
#include <sidespan/recorder.h>
#include <sidespan/span.h>

#include "probe_sink.h"
#include "support/environment_variable.h"
#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

/// HOME is the test's own, and is put back.
class HomeDirectories : public ::testing::Test {
protected:
    HomeDirectories() {
        if (const char* home = std::getenv(homeVariable)) home_ = home;
    }
    ~HomeDirectories() override { setVariable(homeVariable, home_); }

    static std::vector<std::string> of(const std::string& home) {
        setVariable(homeVariable, home);
        return detail::platform::homeDirectories();
    }

    // What a sink sees of a span that names `path` wherever text can be, and what onError is told of it.
    static std::vector<std::string> seenOf(const std::string& path) {
        std::vector<std::string> seen;
        Config config;
        config.consent = Consent::granted;
        config.onError = [&](const Error& error) { seen.push_back(error.message); };
        Recorder<SteadyClock, ProbeSink, std::mutex> recorder(config);
        Span copy;
        recorder.sink().onConsume = [&](const SpanBatch& batch) { copy = (*batch.begin()).toSpan({}); };
        {
            auto span = recorder.span("work");
            span.set("file", path);
            span.event("saved", attr("file", path));
            span.setStatus(SpanStatus::error, path);
        }
        EXPECT_TRUE(recorder.flush(10s));
        seen.push_back(toString(copy.attributes.at("file")));
        seen.push_back(toString(copy.events.at(0).attributes.at("file")));
        seen.push_back(copy.statusMessage);
        validate(config).value().report({ErrorCode::io, path});
        return seen;
    }

    std::string home_;
};

TEST_F(HomeDirectories, AreAlsoThatOfThePasswordDatabase) {
    const passwd* entry = ::getpwuid(::getuid());
    if (entry == nullptr || std::string_view(entry->pw_dir).size() <= 3)
        GTEST_SKIP() << "this user has no home";
    EXPECT_THAT(of("/home/sandbox"),
                ::testing::IsSupersetOf({std::string("/home/sandbox"), std::string(entry->pw_dir)}));
    unsetVariable(homeVariable);
    EXPECT_THAT(detail::platform::homeDirectories(), ::testing::Contains(std::string(entry->pw_dir)));
    EXPECT_THAT(seenOf(std::string(entry->pw_dir) + "/loop.wav"),
                ::testing::AllOf(::testing::SizeIs(4), ::testing::Each("~/loop.wav")));
}

TEST_F(HomeDirectories, AreAlsoWhatTheyLinkTo) {
    const TemporaryDirectory scratch;
    std::filesystem::create_directories(scratch / "real/ann");
    std::filesystem::create_directory_symlink(scratch / "real", scratch / "home");
    const std::string linked = scratch / "home/ann";
    const std::string real = std::filesystem::canonical(linked).string();
    EXPECT_THAT(of(linked + "/"), ::testing::IsSupersetOf({linked, real}));
    EXPECT_THAT(seenOf(real + "/loop.wav"),
                ::testing::AllOf(::testing::SizeIs(4), ::testing::Each("~/loop.wav")));
    EXPECT_THAT(seenOf("file://" + linked + "/loop%20a.wav"), ::testing::Each("file://~/loop%20a.wav"));
}

TEST_F(HomeDirectories, AreNoRoots) {
    EXPECT_THAT(of("/"), ::testing::Each(::testing::SizeIs(::testing::Gt(3U))));
    EXPECT_THAT(of(""), ::testing::Each(::testing::SizeIs(::testing::Gt(3U))));
}

}
}
