#include "settings.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <set>

#ifdef __linux__
#include <sys/inotify.h>
#include <unistd.h>
#endif

#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace loopshare {
namespace {

using sidespan::Consent;
using std::filesystem::perms;

class SettingsTest : public ::testing::Test {
protected:
    sidespan::test::TemporaryDirectory folder_;
    const juce::File file_{folder_ / "Loop Share/settings.xml"};
};

TEST_F(SettingsTest, BeginUndecidedAndTouchNoDisk) {
    Settings settings(file_);
    EXPECT_EQ(settings.consent(), Consent::unknown);
    EXPECT_EQ(settings.endpoint(), Settings::defaultEndpoint);
    EXPECT_TRUE(settings.signedIn(Settings::defaultEndpoint).token.isEmpty());
    EXPECT_FALSE(file_.getParentDirectory().exists());
}

TEST_F(SettingsTest, AreReadByTheNextProcess) {
    const SignedIn who{"ada", "user-1", "secret", 12345678901234};
    {
        Settings settings(file_);
        EXPECT_TRUE(settings.setConsent(Consent::denied));
        EXPECT_TRUE(settings.setEndpoint("https://loops.example.com"));
        EXPECT_TRUE(settings.setSignedIn("https://loops.example.com", who));
    }
    Settings settings(file_);
    EXPECT_EQ(settings.consent(), Consent::denied);
    EXPECT_EQ(settings.endpoint(), "https://loops.example.com");
    EXPECT_EQ(settings.signedIn("https://loops.example.com"), who);
}

#if defined(__linux__)
// JUCE keeps its locks there, and never removes one.
std::set<std::filesystem::path> locks() {
    std::set<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator("/var/tmp")) {
        if (entry.path().filename().string().starts_with("LoopShare")) found.insert(entry.path());
    }
    return found;
}

TEST_F(SettingsTest, ShareOneLockFileAmongAllFilesOfAUser) {
    Settings first(file_);
    ASSERT_TRUE(first.setConsent(Consent::granted));
    const auto before = locks();
    EXPECT_FALSE(before.empty());
    Settings second(juce::File(folder_ / "another.xml"));
    ASSERT_TRUE(second.setConsent(Consent::granted));
    EXPECT_EQ(locks(), before);
}
#endif

TEST_F(SettingsTest, AreForTheirUserAlone) {
    Settings settings(file_);
    ASSERT_TRUE(settings.setSignedIn(Settings::defaultEndpoint, {"ada", "user-1", "secret", 1}));
    const auto folder = std::filesystem::status(file_.getParentDirectory().getFullPathName().toStdString());
    EXPECT_EQ(folder.permissions() & (perms::group_all | perms::others_all), perms::none);
}

TEST_F(SettingsTest, LeaveAFolderAsItIsThatTheyDidNotMake) {
    const std::filesystem::path folder = folder_ / "shared";
    std::filesystem::create_directory(folder);
    std::filesystem::permissions(folder, perms::all);
    const juce::File file(folder.string() + "/settings.xml");
    ASSERT_TRUE(Settings(file).setConsent(Consent::denied));
    EXPECT_EQ(std::filesystem::status(folder).permissions(), perms::all);
    const auto permissions = std::filesystem::status(file.getFullPathName().toStdString()).permissions();
    EXPECT_EQ(permissions, perms::owner_read | perms::owner_write);
}

#ifdef __linux__
TEST_F(SettingsTest, AreForTheirUserAloneFromTheFirstMoment) {
    const std::filesystem::path folder = folder_ / "shared";
    std::filesystem::create_directory(folder);
    const int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    ASSERT_GE(::inotify_add_watch(watch, folder.c_str(), IN_ATTRIB), 0);
    Settings settings(juce::File((folder / "settings.xml").string()));
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(settings.setSignedIn(Settings::defaultEndpoint, {"ada", "user-1", "secret", i}));
        const auto permissions = std::filesystem::status(folder / "settings.xml").permissions();
        EXPECT_EQ(permissions & (perms::group_all | perms::others_all), perms::none);
    }
    std::array<char, 4096> changes{};
    EXPECT_EQ(::read(watch, changes.data(), changes.size()), -1) << "no file had other permissions before";
    ::close(watch);
}
#endif

TEST_F(SettingsTest, SeeWhatAnotherFormatOfThePluginChose) {
    Settings vst3(file_);
    ASSERT_TRUE(vst3.setEndpoint("https://loops.example.com"));
    EXPECT_FALSE(vst3.reloadIfChanged());
    Settings lv2(file_);
    ASSERT_TRUE(lv2.setConsent(Consent::granted));
    // Where file times are coarse the two writes may look like one.
    file_.setLastModificationTime(file_.getLastModificationTime() + juce::RelativeTime(2));
    EXPECT_TRUE(vst3.reloadIfChanged());
    EXPECT_EQ(vst3.consent(), Consent::granted);
    EXPECT_EQ(vst3.endpoint(), "https://loops.example.com");
}

TEST_F(SettingsTest, SeeEachOfTwoChoicesOfOneSecond) {
    using namespace std::chrono;
    const std::filesystem::path path = file_.getFullPathName().toStdString();
    const auto second = floor<seconds>(std::filesystem::file_time_type::clock::now());
    Settings vst3(file_);
    Settings lv2(file_);
    EXPECT_EQ(vst3.consent(), Consent::unknown);
    ASSERT_TRUE(lv2.setConsent(Consent::granted));
    std::filesystem::last_write_time(path, second + milliseconds(100));
    EXPECT_TRUE(vst3.reloadIfChanged());
    ASSERT_TRUE(lv2.setConsent(Consent::denied));
    std::filesystem::last_write_time(path, second + milliseconds(200));
    EXPECT_TRUE(vst3.reloadIfChanged());
    EXPECT_EQ(vst3.consent(), Consent::denied);
}

TEST_F(SettingsTest, SeeWhatOthersChoseAlsoAfterTheyWroteThemselves) {
    Settings here(file_);
    ASSERT_TRUE(here.setConsent(Consent::granted));
    ASSERT_TRUE(Settings(file_).setConsent(Consent::denied));
    ASSERT_TRUE(here.setSignedIn(Settings::defaultEndpoint, {"ada", "user-1", "renewed", 1}));
    EXPECT_TRUE(here.reloadIfChanged());
    EXPECT_EQ(here.consent(), Consent::denied);
    EXPECT_FALSE(here.reloadIfChanged());
}

TEST_F(SettingsTest, KeepATokenForTheServiceThatGaveIt) {
    const SignedIn who{"ada", "user-1", "secret", 1};
    const juce::String there("https://loops.example.com");
    Settings here(file_);
    ASSERT_TRUE(here.setSignedIn(Settings::defaultEndpoint, who));
    Settings(file_).setEndpoint(there);
    EXPECT_TRUE(here.setSignedIn(Settings::defaultEndpoint, who));  // renewed, but no longer wanted
    Settings next(file_);
    EXPECT_EQ(next.signedIn(there), SignedIn{});
    next.setSignedIn(there, who);
    EXPECT_EQ(next.signedIn(there), who);
    here.setSignedIn(Settings::defaultEndpoint, {});
    EXPECT_EQ(Settings(file_).signedIn(there), who);
    EXPECT_EQ(Settings(file_).signedIn(Settings::defaultEndpoint), SignedIn{});
}

TEST_F(SettingsTest, ReplaceATokenOnlyWhereItStillIs) {
    const juce::String there(Settings::defaultEndpoint);
    const SignedIn renewed{"ada", "user-1", "second", 2};
    Settings settings(file_);
    ASSERT_TRUE(settings.setSignedIn(there, {"ada", "user-1", "first", 1}));
    EXPECT_FALSE(settings.replaceToken(there, "another", renewed));
    EXPECT_FALSE(settings.replaceToken("https://loops.example.com", "first", renewed));
    EXPECT_TRUE(settings.replaceToken(there, "first", renewed));
    EXPECT_EQ(Settings(file_).signedIn(there), renewed);
}

TEST_F(SettingsTest, HoldAChoiceThatTheDiskRefused) {
    ASSERT_TRUE(juce::File(folder_ / "Loop Share").replaceWithText("a file where the folder would be"));
    Settings settings(file_);
    EXPECT_FALSE(settings.setConsent(Consent::denied));
    EXPECT_EQ(settings.consent(), Consent::denied);
}

}
}
