#include <windows.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/sink_file/rotating_file.h>

#include "support/replaced_import.h"
#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WindowsRotatingFile : public ::testing::Test {
protected:
    std::unique_ptr<RotatingFile> open(std::uint32_t maxFiles = 3) {
        Config config;
        config.file = {path_, 4096, maxFiles};
        config.onError = [this](const Error& error) { errors_.push_back(error.message); };
        auto file = std::make_unique<RotatingFile>(validate(config).value());
        file->start();
        return file;
    }
    [[nodiscard]] HANDLE openReader(DWORD shared, const char* number = "") const {
        return ::CreateFileW(fs::path(path_ + number).c_str(), GENERIC_READ, shared, nullptr, OPEN_EXISTING,
                             0, nullptr);
    }
    static void writeLines(RotatingFile& file, std::string_view letters) {
        for (const char c : letters) file.writeLines(line(c));
    }
    static std::string lines(std::string_view letters) {
        std::string text;
        for (const char c : letters) text += line(c);
        return text;
    }
    static std::string line(char c) { return std::string(999, c) + "\n"; }
    static std::string contentOf(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    const TemporaryDirectory directory_;
    std::string path_ = directory_ / "trace.jsonl";
    std::vector<std::string> errors_;
};

TEST_F(WindowsRotatingFile, RotatesWhileReadersHaveItOpen) {
    for (const DWORD shared :
         {FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE}) {
        const auto file = open();
        for (const char c : {'a', 'b', 'c', 'd'}) file->writeLines(line(c));
        const HANDLE reader = openReader(shared);
        ASSERT_NE(reader, INVALID_HANDLE_VALUE);
        for (const char c : {'e', 'f'}) file->writeLines(line(c));
        EXPECT_EQ(contentOf(path_ + ".1"), line('a') + line('b') + line('c') + line('d')) << shared;
        EXPECT_EQ(contentOf(path_), line('e') + line('f')) << shared;
        EXPECT_EQ(file->stats().delivered, 6U);
        ::CloseHandle(reader);
        fs::remove(path_);
        fs::remove(path_ + ".1");
    }
    EXPECT_THAT(errors_, IsEmpty());
}

decltype(&::MoveFileExW) usualMove = nullptr;
int moves = 0;

BOOL WINAPI countMove(const wchar_t* from, const wchar_t* to, DWORD flags) {
    ++moves;
    return usualMove(from, to, flags);
}

// Other programs wait for the lock for at most 40 ms, so rotation must be quick.
TEST_F(WindowsRotatingFile, RenamesWhatIsThereAndNoMoreHoweverManyItMayKeep) {
    const auto file = open(1000);
    writeLines(*file, "abcdefgh");
    moves = 0;
    usualMove = replaceImport("MoveFileExW", &countMove);
    writeLines(*file, "i");
    static_cast<void>(replaceImport("MoveFileExW", usualMove));
    EXPECT_EQ(moves, 2);
    EXPECT_EQ(contentOf(path_ + ".2"), lines("abcd"));
}

constexpr DWORD keepsItsName = FILE_SHARE_READ | FILE_SHARE_WRITE;

TEST_F(WindowsRotatingFile, KeepsOlderLinesWhileAReaderHasThem) {
    const auto file = open();
    writeLines(*file, "abcdefgh");
    const HANDLE reader = openReader(keepsItsName, ".1");
    ASSERT_NE(reader, INVALID_HANDLE_VALUE);
    writeLines(*file, "i");
    EXPECT_EQ(contentOf(path_ + ".2"), lines("abcd"));
    EXPECT_EQ(contentOf(path_ + ".1"), lines("efgh"));
    EXPECT_EQ(contentOf(path_), lines("i"));
    EXPECT_THAT(errors_, IsEmpty());
    ::CloseHandle(reader);
}

decltype(&::CopyFileW) usualCopy = nullptr;

// Does not replace a read-only file, as on Windows; wine replaces it.
BOOL WINAPI copyOverNoReadOnlyFile(const wchar_t* from, const wchar_t* to, BOOL isNew) {
    const DWORD attributes = ::GetFileAttributesW(to);
    if (attributes == INVALID_FILE_ATTRIBUTES || (attributes & FILE_ATTRIBUTE_READONLY) == 0)
        return usualCopy(from, to, isNew);
    ::SetLastError(ERROR_ACCESS_DENIED);
    return FALSE;
}

TEST_F(WindowsRotatingFile, PutsACopyInThePlaceOfAReadOnlyFile) {
    usualCopy = replaceImport("CopyFileW", &copyOverNoReadOnlyFile);
    std::ofstream(path_ + ".1") << "old";
    ::SetFileAttributesW(fs::path(path_ + ".1").c_str(), FILE_ATTRIBUTE_READONLY);
    const auto file = open(2);
    writeLines(*file, "abcd");
    const HANDLE readers[] = {openReader(keepsItsName), openReader(keepsItsName, ".1")};
    writeLines(*file, "e");
    EXPECT_EQ(contentOf(path_ + ".1"), lines("abcd"));
    EXPECT_EQ(contentOf(path_), lines("e"));
    EXPECT_THAT(errors_, IsEmpty());
    for (const HANDLE reader : readers) ::CloseHandle(reader);
    static_cast<void>(replaceImport("CopyFileW", usualCopy));
}

TEST_F(WindowsRotatingFile, EmptiesTheOnlyFileThatAReaderHas) {
    const auto file = open(1);
    writeLines(*file, "abcd");
    const HANDLE reader = openReader(keepsItsName);
    writeLines(*file, "e");
    EXPECT_EQ(contentOf(path_), lines("e"));
    EXPECT_THAT(errors_, IsEmpty());
    ::CloseHandle(reader);
}

// Windows does not truncate a file that a program has mapped.
TEST_F(WindowsRotatingFile, ReportsAFileThatCanNeitherBeRenamedNorEmptied) {
    const auto file = open();
    writeLines(*file, "abcd");
    const HANDLE reader = openReader(keepsItsName);
    const HANDLE mapped = ::CreateFileMappingW(reader, nullptr, PAGE_READONLY, 0, 0, nullptr);
    void* const view = ::MapViewOfFile(mapped, FILE_MAP_READ, 0, 0, 0);
    ASSERT_NE(view, nullptr);
    writeLines(*file, "ef");
    EXPECT_THAT(errors_, ElementsAre(HasSubstr("cannot be rotated")));
    EXPECT_EQ(file->stats().dropped[DropReason::sinkFailed], 2U);
    EXPECT_EQ(contentOf(path_), lines("abcd"));
    ::UnmapViewOfFile(view);
    ::CloseHandle(mapped);
    ::CloseHandle(reader);
    writeLines(*file, "g");
    EXPECT_EQ(contentOf(path_), lines("g"));
}

decltype(&::CreateFileW) usualCreateFile = nullptr;
decltype(&::CreateDirectoryW) usualMakeDirectory = nullptr;
int heldByAScanner = 0;

bool isTooLong(const wchar_t* path, std::size_t most) {
    const std::wstring_view text(path);
    return text.size() >= most && !text.starts_with(L"\\\\?\\");
}

// Refuses long paths, which Windows refuses and wine does not. Also acts like a scanner that has the file
// open.
HANDLE WINAPI createFile(const wchar_t* path, DWORD access, DWORD shared, SECURITY_ATTRIBUTES* security,
                         DWORD when, DWORD flags, HANDLE like) {
    if (isTooLong(path, MAX_PATH) || heldByAScanner > 0) {
        ::SetLastError(heldByAScanner > 0 ? ERROR_SHARING_VIOLATION : ERROR_PATH_NOT_FOUND);
        --heldByAScanner;
        return INVALID_HANDLE_VALUE;
    }
    return usualCreateFile(path, access, shared, security, when, flags, like);
}

BOOL WINAPI makeDirectory(const wchar_t* path, SECURITY_ATTRIBUTES* security) {
    if (!isTooLong(path, MAX_PATH - 12)) return usualMakeDirectory(path, security);
    ::SetLastError(ERROR_PATH_NOT_FOUND);
    return FALSE;
}

class StrictPaths {
public:
    StrictPaths() {
        usualCreateFile = replaceImport("CreateFileW", &createFile);
        usualMakeDirectory = replaceImport("CreateDirectoryW", &makeDirectory);
        heldByAScanner = 0;
    }
    ~StrictPaths() {
        static_cast<void>(replaceImport("CreateFileW", usualCreateFile));
        static_cast<void>(replaceImport("CreateDirectoryW", usualMakeDirectory));
    }
    StrictPaths(const StrictPaths&) = delete;
    StrictPaths& operator=(const StrictPaths&) = delete;
};

TEST_F(WindowsRotatingFile, WaitsForAScannerThatHasTheNewFileToItself) {
    const StrictPaths paths;
    const auto file = open();
    heldByAScanner = 3;
    writeLines(*file, "a");
    EXPECT_EQ(contentOf(path_), lines("a"));
    EXPECT_THAT(errors_, IsEmpty());
}

TEST_F(WindowsRotatingFile, MayHaveALongPath) {
    for (int i = 0; i < 6; ++i) path_ += "\\" + std::string(60, static_cast<char>('a' + i));
    const StrictPaths paths;
    const auto file = open();
    writeLines(*file, "abcdefghijklm");
    EXPECT_EQ(file->stats().delivered, 13U);
    EXPECT_THAT(errors_, IsEmpty());
    path_ = "\\\\?\\" + path_;
    EXPECT_EQ(contentOf(path_), lines("m"));
    EXPECT_EQ(contentOf(path_ + ".1"), lines("ijkl"));
    EXPECT_EQ(contentOf(path_ + ".2"), lines("efgh"));
}

TEST_F(WindowsRotatingFile, SaysThatAPathOnADriveThatIsNotThereCannotBeWritten) {
    for (const std::string drive : {"Q:\\", "\\\\?\\Q:\\", "\\\\localhost\\none\\"}) {
        errors_.clear();
        path_ = drive + "logs\\trace.jsonl";
        open()->writeLines("one\n");
        EXPECT_THAT(errors_, ElementsAre(HasSubstr("cannot be opened for writing"))) << drive;
    }
}

TEST_F(WindowsRotatingFile, MayBeNul) {
    for (const std::string path : {"NUL", "\\\\.\\NUL"}) {
        path_ = path;
        const auto file = open();
        for (int i = 0; i < 9; ++i) file->writeLines(line('a'));
        file->writeLines(lines("abcdefghi"));
        EXPECT_EQ(file->stats().delivered, 18U);
        EXPECT_THAT(errors_, IsEmpty());
    }
}

TEST_F(WindowsRotatingFile, IsWrittenByTwoAtOnceLineByLine) {
    const auto first = open();
    const auto second = open();
    for (int i = 0; i < 3; ++i) {
        first->writeLines(line('a'));
        second->writeLines(line('b'));
    }
    EXPECT_EQ(contentOf(path_ + ".1") + contentOf(path_),
              line('a') + line('b') + line('a') + line('b') + line('a') + line('b'));
    EXPECT_EQ(first->stats().delivered + second->stats().delivered, 6U);
    EXPECT_THAT(errors_, IsEmpty());
}

}
}
