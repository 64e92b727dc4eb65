#include <windows.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <sidespan/config.h>

#include "outbox/disk/directory.h"
#include "outbox/disk/windows/user_alone.h"
#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

namespace fs = std::filesystem;
using detail::Directory;
using detail::Presence;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool isWhole(std::string_view content) {
    return content == "whole";
}

class WindowsDirectory : public ::testing::Test {
protected:
    static Directory make(const std::string& path) {
        auto made = Directory::make(path);
        EXPECT_TRUE(made.isSuccess()) << (made.isSuccess() ? "" : made.error().message);
        return made.isSuccess() ? std::move(made).value() : Directory();
    }
    static void write(const Directory& directory, const std::string& name, std::string_view content) {
        const std::array<std::string_view, 1> pieces{content};
        const auto written = directory.write(name, pieces);
        ASSERT_TRUE(written.isSuccess()) << written.error().message;
    }
    static std::string read(const Directory& directory, const std::string& name) {
        const auto content = directory.read(name, 1000);
        return content.isSuccess() ? content.value() : content.error().message;
    }

    const TemporaryDirectory scratch_;
    const std::string path_ = scratch_ / "deep" + "\\outbox";
};

TEST_F(WindowsDirectory, KeepsWhatIsWrittenToIt) {
    const auto directory = make(path_);
    write(directory, "b.batch", "two");
    write(directory, "a.batch", std::string(3'000'000, 'x').substr(0, 900));
    EXPECT_EQ(read(directory, "b.batch"), "two");
    EXPECT_THAT(directory.list().value(), ElementsAre("a.batch", "b.batch"));
    EXPECT_EQ(directory.sizeOf("a.batch").value(), 900U);
    EXPECT_EQ(directory.sizeOf("none").value(), 0U);
    EXPECT_EQ(directory.findFile("b.batch"), Presence::there);
    EXPECT_EQ(directory.findFile("none"), Presence::gone);
    EXPECT_TRUE(directory.rename("b.batch", "c.batch"));
    EXPECT_TRUE(directory.remove("a.batch"));
    EXPECT_TRUE(directory.wipe("a.batch"));
    EXPECT_THAT(directory.list().value(), ElementsAre("c.batch"));
}

TEST_F(WindowsDirectory, MovesFilesToAnotherAndRemovesItsChildren) {
    const auto directory = make(path_);
    auto made = directory.makeLockedChild("child");
    ASSERT_TRUE(made.isSuccess() && made.value().isOpen());
    auto child = std::move(made).value();
    EXPECT_FALSE(directory.makeChild("child").isSuccess());
    write(child, "a", "one");
    EXPECT_FALSE(directory.removeChild("child", directory.openChild("child").value()));
    EXPECT_TRUE(child.moveTo(directory, "a"));
    EXPECT_EQ(read(directory, "a"), "one");
    EXPECT_EQ(directory.findChild("child", child), Presence::there);
    EXPECT_TRUE(directory.removeChild("child", std::move(child)));
    EXPECT_EQ(directory.findFile("child"), Presence::gone);
}

TEST_F(WindowsDirectory, IsLockedByOneAtATime) {
    const auto directory = make(path_);
    auto first = directory.makeLockedChild("child");
    ASSERT_TRUE(first.isSuccess() && first.value().isOpen());
    auto second = directory.openChild("child");
    ASSERT_TRUE(second.isSuccess());
    EXPECT_FALSE(second.value().tryLock());
    first = Directory();
    EXPECT_TRUE(second.value().tryLock());
}

TEST_F(WindowsDirectory, KeepsTheFirstContentAndUpdatesInPlace) {
    const auto directory = make(path_);
    EXPECT_EQ(directory.keep("id", "whole", isWhole).value(), "whole");
    EXPECT_EQ(directory.keep("id", "other", isWhole).value(), "whole");
    write(directory, "torn", "who");
    EXPECT_EQ(directory.keep("torn", "whole", isWhole).value(), "whole");
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(directory.update("count", [](auto text) { return std::string(text) + "x"; }).isSuccess());
    EXPECT_EQ(read(directory, "count"), "xxx");
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(directory.lengthen("generation").isSuccess());
    EXPECT_EQ(directory.sizeOf("generation").value(), 3U);
}

TEST_F(WindowsDirectory, MayHaveAnyNameAndALongOne) {
    std::string path = scratch_ / "J\xC3\xB6rg \xE9\x9F\xB3";
    for (int i = 0; i < 8; ++i) path += "/" + std::string(60, static_cast<char>('a' + i));
    ASSERT_GT(path.size(), 400U);
    const auto directory = make(path);
    write(directory, "a", "one");
    EXPECT_EQ(read(directory, "a"), "one");
    EXPECT_EQ(directory.findAt(path), Presence::there);
    EXPECT_EQ(Directory::find(path + "/none"), Presence::gone);
    EXPECT_TRUE(directory.remove("a"));
}

// As getenv("APPDATA") returns it to a user of that name.
TEST(WindowsPaths, AreRefusedWhereTheyAreNotUtf8) {
    const std::string path = "C:\\Users\\J\xF6rg\\a";
    Config outbox;
    outbox.outbox.directory = path;
    Config file;
    file.file.path = path;
    constexpr auto right = " must be in UTF-8, as std::filesystem::path::u8string() returns it";
    EXPECT_EQ(check(outbox).value().message, std::string("Config::outbox.directory") + right);
    EXPECT_EQ(check(file).value().message, std::string("Config::file.path") + right);
}

TEST_F(WindowsDirectory, RefusesAFile) {
    std::ofstream(scratch_ / "file") << "x";
    EXPECT_THAT(Directory::open(scratch_ / "file").error().message, HasSubstr("it must be a directory"));
}

TEST_F(WindowsDirectory, RefusesALink) {
    fs::create_directory(scratch_.path() / "real");
    const auto link = scratch_.path() / "link";
    if (::CreateSymbolicLinkW(link.c_str(), (scratch_.path() / "real").c_str(),
                              SYMBOLIC_LINK_FLAG_DIRECTORY | SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE) ==
        0)
        GTEST_SKIP() << "this user may make no links";
    EXPECT_THAT(Directory::open(scratch_ / "link").error().message, HasSubstr("it must be a directory"));
}

TEST_F(WindowsDirectory, WaitsForWhoeverHasAFileToHimself) {
    const auto directory = make(path_);
    write(directory, "a", "one");
    const auto file = fs::path(path_) / "a";
    const auto openAlone = [&] {
        return ::CreateFileW(file.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
    };
    HANDLE scanner = openAlone();
    ASSERT_NE(scanner, INVALID_HANDLE_VALUE);
    EXPECT_FALSE(directory.read("a", 100).isSuccess());
    EXPECT_FALSE(directory.remove("a"));
    EXPECT_EQ(directory.findFile("a"), Presence::there);
    auto removed = std::async(std::launch::async, [&] {
        while (!directory.remove("a")) std::this_thread::yield();
        return true;
    });
    ::CloseHandle(scanner);
    EXPECT_TRUE(removed.get());
    EXPECT_EQ(directory.findFile("a"), Presence::gone);
}

TEST_F(WindowsDirectory, WritesAnewWhereAReaderStillHasWhatWasRemoved) {
    const auto directory = make(path_);
    write(directory, "a", "one");
    const auto file = fs::path(path_) / "a";
    const HANDLE reader =
        ::CreateFileW(file.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                      nullptr, OPEN_EXISTING, 0, nullptr);
    ASSERT_NE(reader, INVALID_HANDLE_VALUE);
    EXPECT_TRUE(directory.remove("a"));
    ::CloseHandle(reader);
    write(directory, "a", "two");
    EXPECT_EQ(read(directory, "a"), "two");
}

TEST_F(WindowsDirectory, LetsNobodyInButTheUser) {
    detail::UserAlone user;
    ACL* list = nullptr;
    BOOL isThere = FALSE;
    BOOL isDefault = FALSE;
    ASSERT_NE(::GetSecurityDescriptorDacl(user.descriptor(), &isThere, &list, &isDefault), 0);
    ASSERT_TRUE(isThere != 0 && list != nullptr);
    EXPECT_EQ(list->AceCount, 1);  // the user's
    SECURITY_DESCRIPTOR_CONTROL control = 0;
    DWORD revision = 0;
    ASSERT_NE(::GetSecurityDescriptorControl(user.descriptor(), &control, &revision), 0);
    EXPECT_NE(control & SE_DACL_PROTECTED, 0);  // inherits nothing of what others may do
}

}
}
