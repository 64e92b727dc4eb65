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
#include <sidespan/detail/drain/home_paths.h>
#include <sidespan/detail/platform.h>
#include <sidespan/recorder.h>
#include <sidespan/span.h>

#include "probe_sink.h"
#include "support/environment_variable.h"
#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using detail::HomePaths;

std::string shortened(const HomePaths& homes, std::string text) {
    text.resize(homes.shorten(text.data(), text.size()));
    return text;
}

TEST(HomePaths, FindsAHomeThatAUrlHasPercentEncoded) {
    const HomePaths homes({"/home/j\xC3\xB6rg"});
    EXPECT_EQ(shortened(homes, "file:///home/j%C3%B6rg/loop.wav"), "file://~/loop.wav");
    EXPECT_EQ(shortened(homes, "file:///home/j%c3%b6rg"), "file://~");
    EXPECT_EQ(shortened(homes, "?path=%2Fhome%2Fj%C3%B6rg%2Floop.wav"), "?path=~%2Floop.wav");
    EXPECT_EQ(shortened(homes, "/home/j\xC3\xB6rg and /home/j%C3%B6rg"), "~ and ~");
    EXPECT_EQ(shortened(homes, "/home/j%C3%B6rg%C3%A9"), "/home/j%C3%B6rg%C3%A9");
    EXPECT_EQ(shortened(homes, "100% of /home/j%C3%B6r%"), "100% of /home/j%C3%B6r%");
    EXPECT_EQ(shortened(homes, "%2"), "%2");
}

TEST(HomePaths, FindsAHomeWhoseNameHoldsAPercentSign) {
    EXPECT_EQ(shortened(HomePaths({"/home/a%41"}), "/home/a%41/x, /home/a%2541/x"), "~/x, ~/x");
}

TEST(HomePaths, TakesTheLongestOfSeveral) {
    const HomePaths homes({"/home/ann", "/home/ann/snap/plug", "/mnt/real/ann"});
    EXPECT_EQ(shortened(homes, "/home/ann/snap/plug/x /home/ann/y /mnt/real/ann/z /home/anna"),
              "~/x ~/y ~/z /home/anna");
}

TEST(HomePaths, KnowsTheSpellingsOfWindows) {
    const HomePaths homes({"C:\\Users\\Ann"});
    EXPECT_EQ(shortened(homes, "C:\\Users\\Ann\\loop.wav"), "~\\loop.wav");
    EXPECT_EQ(shortened(homes, "c:/users/ann/loop.wav"), "~/loop.wav");
    EXPECT_EQ(shortened(homes, "file:///C%3A/Users/Ann/x"), "file:///~/x");
    EXPECT_EQ(shortened(homes, "C:\\Users\\Anna"), "C:\\Users\\Anna");
    EXPECT_EQ(shortened(HomePaths({"/home/ann"}), "/home/Ann"), "/home/Ann");
}

TEST(HomePaths, LeavesTextsAloneWithoutAHome) {
    EXPECT_EQ(shortened(HomePaths({}), "/home/ann 100%"), "/home/ann 100%");
}

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
                testing::IsSupersetOf({std::string("/home/sandbox"), std::string(entry->pw_dir)}));
    unsetVariable(homeVariable);
    EXPECT_THAT(detail::platform::homeDirectories(), testing::Contains(std::string(entry->pw_dir)));
    EXPECT_THAT(seenOf(std::string(entry->pw_dir) + "/loop.wav"),
                testing::AllOf(testing::SizeIs(4), testing::Each("~/loop.wav")));
}

TEST_F(HomeDirectories, AreAlsoWhatTheyLinkTo) {
    const TemporaryDirectory scratch;
    std::filesystem::create_directories(scratch / "real/ann");
    std::filesystem::create_directory_symlink(scratch / "real", scratch / "home");
    const std::string linked = scratch / "home/ann";
    const std::string real = std::filesystem::canonical(linked).string();
    EXPECT_THAT(of(linked + "/"), testing::IsSupersetOf({linked, real}));
    EXPECT_THAT(seenOf(real + "/loop.wav"), testing::AllOf(testing::SizeIs(4), testing::Each("~/loop.wav")));
    EXPECT_THAT(seenOf("file://" + linked + "/loop%20a.wav"), testing::Each("file://~/loop%20a.wav"));
}

TEST_F(HomeDirectories, AreNoRoots) {
    EXPECT_THAT(of("/"), testing::Each(testing::SizeIs(testing::Gt(3U))));
    EXPECT_THAT(of(""), testing::Each(testing::SizeIs(testing::Gt(3U))));
}

}
}
