// The file where processes fork and get signals, and where there are devices, pipes and mounts.
#include "files.h"
#include "rotating_file_fixture.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <sidespan/sink_file/rotating_file.h>

namespace {

namespace fs = std::filesystem;
using sidespan::DropReason;
using sidespan::RotatingFile;
using sidespan::test::contentOf;
using sidespan::test::RotatingFileTest;
using ::testing::HasSubstr;

TEST_F(RotatingFileTest, CountsWhatAFullDeviceRefuses) {
    if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
    open("/dev/full");
    for (int i = 0; i < 5; ++i) file_->writeLines("one\ntwo\n");
    EXPECT_THAT(errors_, ::testing::ElementsAre(HasSubstr("No space left")));
    EXPECT_EQ(file_->stats().dropped[DropReason::sinkFailed], 10U);
    EXPECT_FALSE(file_->isWritable());
    expectConserved();
}

// A host may close a descriptor once too often, and open a file that gets its number.
TEST_F(RotatingFileTest, LeavesAFileAloneWhoseDescriptorWasItsOwnOnce) {
    open(path_);
    file_->writeLines("one\n");
    const auto theirs = directory_ / "theirs";
    const int descriptor = ::open(theirs.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_GE(descriptor, 0);
    struct stat ours {};
    ASSERT_EQ(::stat(path_.c_str(), &ours), 0);
    int taken = -1;
    for (int other = 3; other < descriptor; ++other) {
        struct stat status {};
        if (::fstat(other, &status) == 0 && status.st_ino == ours.st_ino) taken = ::dup2(descriptor, other);
    }
    ASSERT_GE(taken, 0);
    file_->writeLines("two\n");
    EXPECT_EQ(contentOf(path_), "one\ntwo\n");
    EXPECT_EQ(contentOf(theirs), "");
    ASSERT_EQ(::write(taken, "theirs", 6), 6);
    EXPECT_EQ(contentOf(theirs), "theirs");
    ::close(taken);
    ::close(descriptor);
    expectConserved();
}

TEST_F(RotatingFileTest, RenamesTheFileBehindALinkAndNotTheLink) {
    fs::create_directories(directory_ / "elsewhere");
    fs::create_symlink("elsewhere/spans", directory_ / "link");
    fs::create_symlink("link", path_);
    open(path_);
    const std::string line = std::string(1500, 'x') + "\n";
    for (int i = 0; i < 20; ++i) file_->writeLines(line);
    EXPECT_EQ(fs::read_symlink(path_), "link");
    EXPECT_EQ(countFiles(), 3) << "two links and a directory";
    for (const char* name : {"spans", "spans.1", "spans.2"})
        EXPECT_EQ(contentOf(directory_ / ("elsewhere/" + std::string(name))).size(), 2 * line.size()) << name;
    EXPECT_TRUE(errors_.empty());
    expectConserved();
}

TEST_F(RotatingFileTest, RenamesNothingThatAnOpenDescriptorNames) {
    if (!fs::exists("/proc/self/fd")) GTEST_SKIP() << "there is no /proc";
    const int opened = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_GE(opened, 0);
    const auto link = directory_ / "stdout";
    fs::create_symlink("/proc/self/fd/" + std::to_string(opened), link);  // as /dev/stdout
    open(link);
    const std::string line = std::string(1500, 'x') + "\n";
    for (int i = 0; i < 20; ++i) file_->writeLines(line);
    EXPECT_EQ(countFiles(), 2) << "the file and the link";
    EXPECT_EQ(contentOf(path_).size(), 20 * line.size());
    EXPECT_TRUE(errors_.empty());
    ::close(opened);
}

/// A file system of 16 KiB, where this process may mount one.
class SmallFileSystem {
public:
    explicit SmallFileSystem(const std::string& at) : at_(at) {
        fs::create_directories(at);
        isMounted_ = ::mount("none", at_.c_str(), "tmpfs", 0, "size=16k") == 0;
    }
    ~SmallFileSystem() {
        if (isMounted_) ::umount2(at_.c_str(), MNT_DETACH);
    }
    SmallFileSystem(const SmallFileSystem&) = delete;
    SmallFileSystem& operator=(const SmallFileSystem&) = delete;
    [[nodiscard]] bool isMounted() const noexcept { return isMounted_; }

private:
    std::string at_;
    bool isMounted_ = false;
};

TEST_F(RotatingFileTest, SurvivesADiskThatIsFullAndGoesOnWithWholeLines) {
    const SmallFileSystem disk(directory_ / "disk");
    if (!disk.isMounted()) GTEST_SKIP() << "this user may not mount a small file system";
    const auto full = directory_ / "disk/trace.jsonl";
    open(full, std::size_t{1} << 20U, 2);
    const std::string line = std::string(599, 'x') + "\n";
    for (int i = 0; i < 60; ++i) file_->writeLines(line);
    EXPECT_THAT(errors_, ::testing::ElementsAre(HasSubstr("No space left")));
    expectConserved();
    const auto delivered = file_->stats().delivered;
    EXPECT_GT(delivered, 20U);
    EXPECT_LT(delivered, 30U);

    // Cutting off the end of the file makes room again and leaves a torn line.
    const auto before = contentOf(full);
    fs::resize_file(full, before.size() - 2000);
    file_->writeLines("after\n");
    const auto after = contentOf(full);
    EXPECT_EQ(after, before.substr(0, before.size() - 2000) + "\nafter\n");
    EXPECT_EQ(file_->stats().delivered, delivered + 1);
    EXPECT_TRUE(file_->isWritable());
}

TEST_F(RotatingFileTest, EmptiesAFileThatCannotBeRenamed) {
    std::ofstream(path_) << std::string(4000, 'x') << "\n";
    if (::mount(path_.c_str(), path_.c_str(), nullptr, MS_BIND, nullptr) != 0)
        GTEST_SKIP() << "this user may not pin a file by mounting it";
    open(path_, 4096, 2).writeLines(std::string(499, 'y') + "\n");
    EXPECT_THAT(errors_, ::testing::ElementsAre(HasSubstr("cannot be rotated")));
    EXPECT_EQ(fs::file_size(path_), 500U);
    EXPECT_EQ(file_->stats().delivered, 1U);
    file_.reset();
    ::umount2(path_.c_str(), MNT_DETACH);
}

TEST_F(RotatingFileTest, GivesUpOnAFileThatCanNeitherBeRenamedNorEmptied) {
    std::ofstream(path_) << std::string(4000, 'x') << "\n";
    open(path_, 4096, 2);
    // Append-only: opening for appending works, renaming and truncating do not.
    if (std::system(("chattr +a '" + path_ + "' 2>/dev/null").c_str()) != 0)
        GTEST_SKIP() << "this file system knows no append-only files, or this user may not make one";
    file_->writeLines(std::string(499, 'y') + "\n");
    EXPECT_THAT(errors_, ::testing::ElementsAre(HasSubstr("cannot be rotated")));
    EXPECT_EQ(file_->stats().dropped[DropReason::sinkFailed], 1U);
    expectConserved();
    EXPECT_EQ(std::system(("chattr -a '" + path_ + "'").c_str()), 0);
}

TEST_F(RotatingFileTest, LeavesADeviceWhereItIs) {
    constexpr auto null = 0x103;  // its number, as major and minor
    if (::mknod(path_.c_str(), S_IFCHR | 0600, null) != 0) GTEST_SKIP() << "no device can be made here";
    auto& file = open(path_);
    for (int i = 0; i < 3; ++i) file.writeLines(std::string(4000, 'x') + "\n");
    EXPECT_EQ(countFiles(), 1);
    EXPECT_EQ(file.stats().delivered, 3U);
}

TEST_F(RotatingFileTest, RefusesAPipe) {
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    auto& file = open(path_);
    file.writeLines("one\n");
    EXPECT_THAT(errors_, ::testing::ElementsAre(HasSubstr("it is a pipe")));
    EXPECT_TRUE(fs::is_fifo(path_));
    expectConserved();
}

// Writes 500 lines without regard to other processes. Returns how many were delivered.
std::uint64_t writeAsChild(const std::string& path, int who) {
    sidespan::Config config;
    config.file = {path, 4096, 1000};
    RotatingFile file(sidespan::validate(config).value());
    file.start();
    for (int i = 0; i < 500; ++i) {
        std::string line = std::to_string(who) + ":" + std::to_string(i) + " ";
        line.resize(99, 'x');
        file.writeLines(line + "\n");
    }
    return file.stats().delivered;
}

TEST_F(RotatingFileTest, SeveralProcessesOnOnePathLoseNothingByRotation) {
    constexpr int writers = 4;
    std::vector<pid_t> children;
    for (int who = 0; who < writers; ++who) {
        children.push_back(::fork());
        if (children.back() == 0) ::_exit(writeAsChild(path_, who) == 500 ? 0 : 1);
    }
    for (const auto child : children) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0) << "it counted what it did not write";
    }
    std::set<std::string> lines;
    for (const auto& entry : fs::directory_iterator(directory_.path())) {
        std::ifstream file(entry.path());
        for (std::string line; std::getline(file, line);) {
            EXPECT_EQ(line.size(), 99U);
            EXPECT_TRUE(lines.insert(line).second) << "twice: " << line.substr(0, 8);
        }
    }
    EXPECT_EQ(lines.size(), std::size_t{writers} * 500);
}

TEST_F(RotatingFileTest, AppendsThoughAnotherProcessDoesNotLetGoOfTheFile) {
    auto& file = open(path_, 4096, 2);
    file.writeLines("one\n");
    const int held = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(::flock(held, LOCK_EX), 0);
    file.writeLines(std::string(4999, 'x') + "\n");
    EXPECT_EQ(file.stats().delivered, 2U);
    EXPECT_FALSE(fs::exists(path_ + ".1")) << "renaming is for whoever holds the lock";
    ::close(held);
    file.writeLines("three\n");
    EXPECT_EQ(contentOf(path_), "three\n");
    EXPECT_EQ(file.stats().delivered, 3U);
    expectConserved();
}

// On a thread of the host, which blocks no signal.
TEST_F(RotatingFileTest, AFileSizeLimitDoesNotEndTheHost) {
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_DFL);
        const rlimit few{100, RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &few);
        auto& file = open(path_);
        for (int i = 0; i < 3; ++i) file.writeLines(std::string(79, 'x') + "\n");
        const auto stats = file.stats();
        std::_Exit(stats.delivered == 1 && stats.dropped[DropReason::sinkFailed] == 2 ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

}
