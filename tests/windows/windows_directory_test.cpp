#include <windows.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <sidespan/config.h>

#include "outbox/disk/directory.h"
#include "outbox/disk/windows/user_alone.h"
#include "support/replaced_import.h"
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

// ---- files that others have open or made read-only

TEST_F(WindowsDirectory, ChangesNothingWhileAFileIsHeldAndGoesOnAfterwards) {
    const auto directory = make(path_);
    const auto other = make(scratch_ / "other");
    write(directory, "a", "one");
    const auto file = fs::path(path_) / "a";
    const HANDLE scanner = ::CreateFileW(file.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
    ASSERT_NE(scanner, INVALID_HANDLE_VALUE);
    const auto never = [](std::string_view) {
        ADD_FAILURE() << "of what nobody could read";
        return std::string();
    };
    EXPECT_FALSE(directory.update("a", never).isSuccess());
    EXPECT_FALSE(directory.keep("a", "whole", isWhole).isSuccess());
    EXPECT_FALSE(directory.lengthen("a").isSuccess());
    EXPECT_FALSE(directory.rename("a", "b"));
    EXPECT_FALSE(directory.moveTo(other, "a"));
    EXPECT_FALSE(directory.wipe("a"));
    EXPECT_EQ(directory.sizeOf("a").value(), 3U);
    ::CloseHandle(scanner);
    EXPECT_EQ(read(directory, "a"), "one");
    EXPECT_TRUE(directory.lengthen("a").isSuccess());
    EXPECT_TRUE(directory.rename("a", "b"));
    EXPECT_TRUE(directory.moveTo(other, "b"));
    EXPECT_EQ(read(other, "b"), "one.");
    EXPECT_TRUE(other.wipe("b"));
}

TEST_F(WindowsDirectory, IsNotLockedWhileItsLockIsHeldByAScanner) {
    const auto directory = make(path_);
    auto child = std::move(directory.makeChild("child").value());
    const auto file = fs::path(path_) / "child" / "lock";
    const HANDLE scanner = ::CreateFileW(file.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr);
    ASSERT_NE(scanner, INVALID_HANDLE_VALUE);
    EXPECT_FALSE(child.tryLock());
    ::CloseHandle(scanner);
    EXPECT_TRUE(child.tryLock());
}

TEST_F(WindowsDirectory, LocksAndRemovesWhatIsReadOnly) {
    const auto directory = make(path_);
    auto child = std::move(directory.makeChild("child").value());
    const auto folder = fs::path(path_) / "child";
    std::ofstream(folder / "lock") << "";
    write(child, "a", "one");
    for (const char* name : {"lock", "a"})
        ::SetFileAttributesW((folder / name).c_str(), FILE_ATTRIBUTE_READONLY);
    EXPECT_TRUE(child.tryLock());
    EXPECT_EQ(read(child, "a"), "one");
    EXPECT_TRUE(child.wipe("a"));
    EXPECT_EQ(child.findFile("a"), Presence::gone);
    EXPECT_TRUE(directory.removeChild("child", std::move(child)));
    EXPECT_EQ(directory.findFile("child"), Presence::gone);
}

// ---- names that are not ours

decltype(&::GetFileInformationByHandleEx) usualList = nullptr;

// Windows allows names that are not valid UTF-16, but wine refuses them.
BOOL WINAPI listWithHalfACharacter(HANDLE directory, FILE_INFO_BY_HANDLE_CLASS what, void* entries,
                                   DWORD size) {
    const BOOL isListed = usualList(directory, what, entries, size);
    auto* at = static_cast<char*>(entries);
    for (DWORD next = 1; isListed != 0 && what == FileIdBothDirectoryInfo && next != 0; at += next) {
        auto& entry = *reinterpret_cast<FILE_ID_BOTH_DIR_INFO*>(at);
        if (entry.FileName[0] == L'#') entry.FileName[0] = static_cast<wchar_t>(0xD800);
        next = entry.NextEntryOffset;
    }
    return isListed;
}

TEST_F(WindowsDirectory, ListsANameThatIsNoUtf16) {
    const auto directory = make(path_);
    write(directory, "#", "x");
    write(directory, "a", "x");
    usualList = replaceImport("GetFileInformationByHandleEx", &listWithHalfACharacter);
    EXPECT_THAT(directory.list().value(), ElementsAre("a", "\xEF\xBF\xBD"));
    static_cast<void>(replaceImport("GetFileInformationByHandleEx", usualList));
}

TEST_F(WindowsDirectory, IsFoundInEverySpellingOfItsPath) {
    const auto directory = make(path_);
    const auto whole = fs::absolute(path_).string();
    auto slashes = whole;
    std::ranges::replace(slashes, '\\', '/');
    auto loud = whole;
    std::ranges::transform(loud, loud.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
    for (const auto& path : {whole + "\\", whole + "/", whole + ". ", "\\\\?\\" + whole, slashes, loud,
                             whole + "\\.\\..\\outbox"}) {
        EXPECT_EQ(directory.findAt(path), Presence::there) << path;
        EXPECT_TRUE(Directory::make(path).isSuccess()) << path;
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(fs::path(path_).parent_path()), {}), 1);
}

TEST_F(WindowsDirectory, RefusesDevicesAndSharesThatAreNotThere) {
    for (const auto& path :
         {std::string("NUL"), scratch_ / "NUL.txt", std::string("C:CON"), std::string("COM1"),
          std::string("LPT1"), std::string("\\\\.\\NUL"), std::string("//localhost/none/outbox"),
          std::string("\\\\?\\UNC\\localhost\\none\\outbox"), std::string("Q:\\outbox")})
        EXPECT_FALSE(Directory::make(path).isSuccess()) << path;
}

TEST_F(WindowsDirectory, IsGoneWhereAFileTookItsPlace) {
    const auto other = make(scratch_ / "other");
    const auto directory = make(path_);
    auto child = std::move(directory.makeChild("child").value());
    EXPECT_TRUE(directory.removeChild("child", std::move(child)));
    write(directory, "child", "x");
    EXPECT_FALSE(directory.openChild("child").isSuccess());
    EXPECT_EQ(directory.findChild("child", other), Presence::gone);
    EXPECT_FALSE(Directory::open(path_ + "\\child").isSuccess());
    EXPECT_FALSE(Directory::make(path_ + "\\child\\deep").isSuccess());
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
