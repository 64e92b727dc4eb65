#include <windows.h>

#include <cfenv>
#include <cfloat>
#include <cmath>
#include <filesystem>
#include <limits>
#include <mutex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/detail/drain/home_paths.h>
#include <sidespan/detail/platform.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/testing.h>

#include "support/environment_variable.h"
#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

namespace platform = detail::platform;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::EndsWith;
using ::testing::Lt;
using ::testing::Not;
using ::testing::SizeIs;

/// The profile is the test's own, and is put back.
class WindowsHome : public ::testing::Test {
protected:
    WindowsHome() {
        if (const char* home = std::getenv(homeVariable)) home_ = home;
    }
    ~WindowsHome() override { setVariable(homeVariable, home_); }

    static std::string shortened(std::string text) {
        const detail::HomePaths homes(platform::homeDirectories());
        text.resize(homes.shorten(text.data(), text.size()));
        return text;
    }
    // Of characters that the environment holds as UTF-16.
    static void setHome(const std::wstring& home) { ::SetEnvironmentVariableW(L"USERPROFILE", home.c_str()); }

    std::string home_;
};

TEST_F(WindowsHome, IsFoundInEachSpelling) {
    setHome(L"C:\\Users\\J\u00f6rg");
    for (const std::string spelling :
         {"C:\\Users\\J\xC3\xB6rg", "c:\\Users\\J\xC3\xB6rg", "C:/Users/J\xC3\xB6rg", "c:/users/j\xC3\xB6rg",
          "C:\\Users/J\xC3\xB6rg"})
        EXPECT_EQ(shortened(spelling + "\\loop.wav"), "~\\loop.wav") << spelling;
    EXPECT_EQ(shortened("file:///C:/Users/J%C3%B6rg/loop.wav"), "file:///~/loop.wav");
    EXPECT_EQ(shortened("file:///c%3A/Users/J%c3%b6rg/loop.wav"), "file:///~/loop.wav");
    EXPECT_EQ(shortened("\\\\?\\C:\\Users\\J\xC3\xB6rg\\loop.wav"), "\\\\?\\~\\loop.wav");
    EXPECT_EQ(shortened("C:\\Users\\J\xC3\xB6rgen"), "C:\\Users\\J\xC3\xB6rgen");
}

TEST_F(WindowsHome, IsFoundInEachCaseThoughItIsNotAscii) {
    setHome(L"D:\\Profile\\J\u00f6rg");
    for (const std::string spelling : {"D:\\PROFILE\\J\xC3\x96RG", "d:\\profile\\j\xC3\xB6rg",
                                       "file:///D:/Profile/J%C3%96RG", "D:\\\\Profile\\\\J\xC3\xB6rg"})
        EXPECT_THAT(shortened(spelling + "\\loop.wav"), EndsWith("~\\loop.wav")) << spelling;
    EXPECT_EQ(shortened("\\Device\\HarddiskVolume3\\Profile\\J\xC3\xB6rg\\a"),
              "\\Device\\HarddiskVolume3~\\a");
    EXPECT_EQ(shortened("\\\\localhost\\d$\\Profile\\J\xC3\xB6rg\\a"), "\\\\localhost\\d$~\\a");
}

TEST_F(WindowsHome, MayBeOnAShare) {
    setHome(L"\\\\server\\users\\J\u00f6rg");
    EXPECT_EQ(shortened("\\\\SERVER\\users\\J\xC3\xB6rg\\a"), "~\\a");
    EXPECT_EQ(shortened("file://server/users/J%C3%B6rg/a"), "file:~/a");
    EXPECT_EQ(shortened("\\\\?\\UNC\\server\\users\\J\xC3\xB6rg\\a"), "\\\\?\\UNC~\\a");
}

TEST_F(WindowsHome, IsFoundByItsShortName) {
    const TemporaryDirectory scratch;
    const auto real = scratch.path() / L"J\u00f6rgen Miller";
    std::filesystem::create_directory(real);
    setHome(real.wstring());
    std::wstring brief(1000, L'\0');
    brief.resize(::GetShortPathNameW(real.c_str(), brief.data(), 1000));
    ASSERT_THAT(brief.size(), Lt(real.wstring().size()));
    const auto u8 = std::filesystem::path(brief).u8string();
    EXPECT_EQ(shortened(std::string(u8.begin(), u8.end()) + "\\a.wav"), "~\\a.wav");
}

TEST_F(WindowsHome, IsAlsoTheProfileOfRecordWhateverTheEnvironmentSays) {
    setHome(L"C:\\sandbox\\ann");
    const auto homes = platform::homeDirectories();
    EXPECT_THAT(homes, AllOf(Contains("C:\\sandbox\\ann"), SizeIs(::testing::Gt(1U))));
    EXPECT_THAT(homes, Each(SizeIs(::testing::Gt(3U))));
}

TEST_F(WindowsHome, HasNoSlashAtItsEndAndIsNoRoot) {
    setHome(L"C:\\sandbox\\ann\\");
    EXPECT_THAT(platform::homeDirectories(), Contains("C:\\sandbox\\ann"));
    setHome(L"C:\\");
    EXPECT_THAT(platform::homeDirectories(), Not(Contains("C:\\")));
}

TEST_F(WindowsHome, IsAlsoItsRealDirectory) {
    const TemporaryDirectory scratch;
    const auto real = scratch.path() / L"J\u00f6rg";
    std::filesystem::create_directory(real);
    setHome(real.parent_path().wstring() + L"\\.\\" + real.filename().wstring());
    const auto u8 = real.u8string();
    EXPECT_EQ(shortened(std::string(u8.begin(), u8.end()) + "\\a.wav"), "~\\a.wav");
}

TEST(WindowsThread, HasOrdinaryPriorityThoughTheOneThatStartsItHasNot) {
    int priority = THREAD_PRIORITY_ERROR_RETURN;
    int rounding = -1;
    const HANDLE self = ::GetCurrentThread();
    const int before = ::GetThreadPriority(self);
    ::SetThreadPriority(self, THREAD_PRIORITY_TIME_CRITICAL);
    std::fesetround(FE_UPWARD);
    auto thread = platform::Thread::start("sidespan-test", [&] {
        priority = ::GetThreadPriority(::GetCurrentThread());
        rounding = std::fegetround();
    });
    std::fesetround(FE_TONEAREST);
    ::SetThreadPriority(self, before);
    ASSERT_TRUE(thread);
    thread.value().join();
    EXPECT_EQ(priority, THREAD_PRIORITY_NORMAL);
    EXPECT_EQ(rounding, FE_TONEAREST);
}

// A host may unmask invalid operations. An operation on a NaN then ends the process.
class InvalidOperationsRaise {
public:
    InvalidOperationsRaise() {
        ::_clearfp();
        ::_controlfp_s(&now_, usual_ & ~static_cast<unsigned>(_EM_INVALID), _MCW_EM);
    }
    ~InvalidOperationsRaise() {
        ::_clearfp();
        ::_controlfp_s(&now_, usual_, _MCW_EM);
    }
    InvalidOperationsRaise(const InvalidOperationsRaise&) = delete;
    InvalidOperationsRaise& operator=(const InvalidOperationsRaise&) = delete;

    [[nodiscard]] static bool isSo() { return (masks() & _EM_INVALID) == 0; }

private:
    static unsigned masks() {
        unsigned now = 0;
        ::_controlfp_s(&now, 0, 0);
        return now & _MCW_EM;
    }
    unsigned usual_ = masks();
    unsigned now_ = 0;
};

TEST(WindowsRecorder, DeliversANaNThoughInvalidOperationsRaiseAnException) {
    Config config;
    config.service.version = "1.2.0";
    config.consent = Consent::granted;
    Recorder<SteadyClock, MemorySink, std::mutex> recorder(config);
    LaneOptions options;
    options.sampleRate = std::numeric_limits<double>::quiet_NaN();
    {
        const InvalidOperationsRaise invalid;
        ASSERT_TRUE(InvalidOperationsRaise::isSo());
        auto span = recorder.span("a");
        span.set("gain", std::numeric_limits<double>::quiet_NaN());
        span.set("level", std::numeric_limits<float>::quiet_NaN());
        EXPECT_FALSE(recorder.openLane(options).isOpen());
        EXPECT_TRUE(InvalidOperationsRaise::isSo());
    }
    const auto spans = testing::recorded(recorder);
    ASSERT_EQ(spans.size(), 1U);
    const double* gain = spans[0].attributes.at("gain").asDouble();
    EXPECT_TRUE(gain != nullptr && std::isnan(*gain));
}

TEST(WindowsThread, IsGoneWhenItWasJoined) {
    DWORD id = 0;
    auto thread = platform::Thread::start("sidespan-test", [&] { id = ::GetCurrentThreadId(); });
    ASSERT_TRUE(thread);
    thread.value().join();
    const HANDLE gone = ::OpenThread(SYNCHRONIZE, FALSE, id);
    if (gone == nullptr) return;  // nobody has a handle to it
    EXPECT_EQ(::WaitForSingleObject(gone, 0), WAIT_OBJECT_0);
    ::CloseHandle(gone);
}

}
}
