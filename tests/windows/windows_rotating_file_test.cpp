#include <windows.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/sink_file/rotating_file.h>

#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

class WindowsRotatingFile : public ::testing::Test {
protected:
    std::unique_ptr<RotatingFile> open() {
        Config config;
        config.file = {path_, 4096, 3};
        config.onError = [this](const Error& error) { errors_.push_back(error.message); };
        auto file = std::make_unique<RotatingFile>(validate(config).value());
        file->start();
        return file;
    }
    [[nodiscard]] HANDLE openReader(DWORD shared) const {
        return ::CreateFileW(fs::path(path_).c_str(), GENERIC_READ, shared, nullptr, OPEN_EXISTING, 0,
                             nullptr);
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

TEST_F(WindowsRotatingFile, MayBeNul) {
    path_ = "NUL";
    const auto file = open();
    for (int i = 0; i < 9; ++i) file->writeLines(line('a'));
    EXPECT_EQ(file->stats().delivered, 9U);
    EXPECT_THAT(errors_, IsEmpty());
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
