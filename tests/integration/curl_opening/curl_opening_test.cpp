#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "support/fault_server.h"
#include "support/patience.h"
#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

using testing::HasSubstr;

// Each runs a program of its own, since what was opened once stays. Its libraries are looked for in a folder
// of the test's first.
class CurlOpening : public ::testing::Test {
protected:
    // Returns what it printed; fails if it did not end well.
    std::string run(const std::string& libraries, const std::string& how, const std::string& last = "-") {
        const auto printed = directory_ / "printed";
        const auto command = "LD_LIBRARY_PATH='" + libraries + "' '" SIDESPAN_OPENING_PROGRAM "' " + how +
                             " " + server_.url() + " '" + last + "' > '" + printed + "'";
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
        std::ifstream file(printed);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    FaultServer server_;
    const TemporaryDirectory directory_;
};

TEST_F(CurlOpening, AProgramMayEndMeanwhile) {
    run(SIDESPAN_STAND_IN_CURL, "exit");
}

TEST_F(CurlOpening, APluginMayBeUnloadedMeanwhile) {
    run(SIDESPAN_STAND_IN_CURL, "unload", SIDESPAN_PLUGIN_WITH_A_STATIC);
}

// A thread that opens libraries waits for the host's unloading, which waits for the thread.
TEST_F(CurlOpening, IsNotLeftToAThreadThatUnloadingWaitsFor) {
    void* const plugin = ::dlopen(SIDESPAN_PLUGIN_WITH_A_STATIC, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(plugin, nullptr) << ::dlerror();
    reinterpret_cast<void (*)(const char*)>(::dlsym(plugin, "sidespanTestConstruct"))(server_.url().c_str());
    EXPECT_EQ(::dlopen("libcurl.so.4", RTLD_NOW | RTLD_NOLOAD), nullptr) << "a recorder that only exists";
    reinterpret_cast<void (*)()>(::dlsym(plugin, "sidespanTestRecord"))();
    EXPECT_TRUE(endsInTime([&] { ::dlclose(plugin); }));
    EXPECT_NE(::dlopen("libcurl.so.4", RTLD_NOW | RTLD_NOLOAD), nullptr) << "it stays";
}

TEST_F(CurlOpening, WithoutAnyTheSpansWaitAndOneErrorSaysSo) {
    for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4"})
        std::ofstream(directory_ / name) << "no library\n";
    const auto outbox = directory_ / "outbox";
    const auto printed = run(directory_ / "", "record", outbox);
    EXPECT_THAT(printed,
                HasSubstr("nothing can be sent without libcurl; install it (Debian, Ubuntu: libcurl4): "));
    EXPECT_THAT(printed, HasSubstr("libcurl-gnutls.so.4"));
    EXPECT_THAT(printed, HasSubstr("delivered 0, on disk 1, dropped 0\n"));
    EXPECT_EQ(std::ranges::count(printed, '\n'), 2) << printed;
    EXPECT_THAT(run("", "record", outbox), HasSubstr("delivered 2, on disk 0, dropped 0\n"));
    EXPECT_EQ(server_.storedSpans(), 2U);
}

// Only the thread that lets recording begin may open it, so there is no second time.
TEST_F(CurlOpening, ARecorderThatHadNoFileDescriptorForItSendsNothingAndTheNextOneSendsAll) {
    const auto printed = run("", "starve", directory_ / "outbox");
    EXPECT_THAT(printed, HasSubstr("Too many open files"));
    EXPECT_THAT(printed, HasSubstr("delivered 0, on disk 1, dropped 0\n"));
    EXPECT_THAT(printed, HasSubstr("delivered 2, on disk 0, dropped 0\n"));
    EXPECT_EQ(server_.storedSpans(), 2U);
}

TEST_F(CurlOpening, TheOneOverGnuTlsWillDo) {
    if (void* const found = ::dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL)) {
        ::dlclose(found);
    } else {
        GTEST_SKIP() << "libcurl-gnutls.so.4 is not installed (Debian 12: libcurl3-gnutls)";
    }
    std::ofstream(directory_ / "libcurl.so.4") << "no library\n";
    EXPECT_THAT(run(directory_ / "", "record", directory_ / "outbox"),
                HasSubstr("delivered 1, on disk 0, dropped 0\n"));
}

TEST_F(CurlOpening, ALibraryThatIsTooOldIsNamed) {
    std::ofstream(directory_ / "libcurl-gnutls.so.4") << "no library\n";
    const auto printed = run(SIDESPAN_OLD_CURL ":" + (directory_ / ""), "record", directory_ / "outbox");
    EXPECT_THAT(printed, HasSubstr("libcurl.so.4 has no curl_multi_wakeup; it is older than 7.68"));
}

}
}
