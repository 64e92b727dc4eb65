// The outbox where processes fork, are killed, and get signals, and where a user's directories have a mode.
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/json.hpp>

#include <sidespan/sink_http/http_sink.h>

#include "disk_outbox.h"
#include "support/sanitizers.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

TEST_F(DiskOutbox, AChildOfTheProcessThatWasDoesNotHoldUpTheNextRun) {
    offline_.otherwise(503);
    auto gone = make(offline_);
    feed(*gone, 3);
    static_cast<void>(gone->flush(deadlineIn(0s)));
    const pid_t child = ::fork();
    if (child == 0) {
        ::pause();
        ::_exit(0);
    }
    static_cast<void>(gone->shutdown(deadlineIn(0s)));
    gone.reset();
    const auto sink = make(online_);
    EXPECT_TRUE(eventually([&] { return sink->stats().delivered == 3; }));
    ::kill(child, SIGKILL);
    EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

TEST_F(DiskOutbox, LosesNothingWhileFilesCannotBeOpened) {
    if (isSanitized) GTEST_SKIP() << "UndefinedBehaviorSanitizer looks at an object through a pipe";
    leaveBehind({3, 4, 5});
    online_.then(503);
    const auto sink = make(online_);
    ASSERT_TRUE(online_.waitForSent(1));
    EXPECT_TRUE(eventually([&] { return sink->stats().recovered == 12; }));
    rlimit usual{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
    auto none = usual;
    none.rlim_cur = 3;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    for (int i = 0; i < 5; ++i) static_cast<void>(sink->flush(deadlineIn(0s)));
    EXPECT_TRUE(log_.waitFor(ErrorCode::io));
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
    EXPECT_TRUE(eventually([&] {
        static_cast<void>(sink->flush(deadlineIn(0s)));
        return sink->stats().delivered == 12;
    }));
    expectConserved(sink->stats());
}

// The descriptors of this process that name something at or below the directory.
std::vector<int> descriptorsBelow(const fs::path& directory) {
    constexpr int most = 1024;
    std::set<std::pair<dev_t, ino_t>> known;
    const auto note = [&](const fs::path& path) {
        struct stat status {};
        if (::stat(path.c_str(), &status) == 0) known.insert({status.st_dev, status.st_ino});
    };
    note(directory);
    for (const auto& entry : fs::recursive_directory_iterator(directory)) note(entry.path());
    std::vector<int> found;
    for (int descriptor = 3; descriptor < most; ++descriptor) {
        struct stat status {};
        if (::fstat(descriptor, &status) == 0 && known.contains({status.st_dev, status.st_ino}))
            found.push_back(descriptor);
    }
    return found;
}

// A host may close a descriptor once too often, or all that it does not know.
TEST_F(DiskOutbox, LeavesFilesAloneWhoseDescriptorsWereItsOwnOnce) {
    const fs::path host = directory_ / "host";
    fs::create_directory(host);
    std::ofstream(host / "song") << "la la la";
    const int theirs = ::open(host.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_GE(theirs, 0);

    offline_.otherwise(503);
    auto sink = make(offline_);
    feed(*sink, 3);
    static_cast<void>(sink->flush(deadlineIn(0s)));
    ASSERT_TRUE(offline_.waitForSent(1));
    const auto taken = descriptorsBelow(config_.outbox.directory);
    EXPECT_FALSE(taken.empty());
    for (const int descriptor : taken) ASSERT_EQ(::dup2(theirs, descriptor), descriptor);

    offline_.otherwise(200);
    feed(*sink, 4);
    EXPECT_TRUE(eventually([&] {
        static_cast<void>(sink->flush(deadlineIn(0s)));
        return spansAt(offline_) == 7;
    }));
    sink.reset();
    for (const int descriptor : taken) EXPECT_EQ(::close(descriptor), 0);
    ::close(theirs);
    EXPECT_TRUE(fs::exists(host / "song"));
    fs::remove(host / "song");
    EXPECT_TRUE(fs::is_empty(host));
}

TEST_F(DiskOutbox, SendsAlsoAfterAllItsDescriptorsWereClosed) {
    offline_.otherwise(503);
    const auto sink = make(offline_);
    feed(*sink, 3);
    static_cast<void>(sink->flush(deadlineIn(0s)));
    ASSERT_TRUE(offline_.waitForSent(1));
    // Not close(), which ThreadSanitizer watches: this is the race that it would report.
    for (const int descriptor : descriptorsBelow(config_.outbox.directory)) ::syscall(SYS_close, descriptor);
    offline_.otherwise(200);
    feed(*sink, 4);
    EXPECT_TRUE(eventually([&] {
        static_cast<void>(sink->flush(deadlineIn(0s)));
        return spansAt(offline_) == 7;
    }));
    expectConserved(sink->stats());
}

TEST_F(DiskOutbox, IsTheUsersAlone) {
    leaveBehind({3});
    struct stat status {};
    ASSERT_EQ(::stat(config_.outbox.directory.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 077U, 0U);
    ASSERT_EQ(::stat(files(".batch").at(0).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(DiskOutbox, RefusesALinkAndWaitsInMemory) {
    fs::create_directory(directory_ / "elsewhere");
    fs::create_directory_symlink(directory_ / "elsewhere", config_.outbox.directory);
    for (const char* end : {"", "/", "//"}) {
        config_.outbox.directory = directory_ / "outbox" + end;
        const auto sink = make(online_);
        feed(*sink, 5);
        EXPECT_TRUE(sink->flush(deadlineIn(10s)));
        EXPECT_EQ(sink->stats().delivered, 5U);
    }
    EXPECT_TRUE(fs::is_empty(directory_ / "elsewhere"));
    EXPECT_TRUE(log_.mentions("link"));
    EXPECT_EQ(log_.count(ErrorCode::io), 3U);
}

TEST_F(DiskOutbox, RefusesADirectoryOthersMayWriteTo) {
    fs::create_directory(config_.outbox.directory);
    fs::permissions(config_.outbox.directory, fs::perms::all);
    const auto sink = make(online_);
    feed(*sink, 5);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    EXPECT_TRUE(fs::is_empty(config_.outbox.directory));
    EXPECT_TRUE(log_.mentions("others"));
}

TEST_F(DiskOutbox, RefusesADirectoryOfSomebodyElse) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
    fs::create_directory(config_.outbox.directory);
    ASSERT_EQ(::chown(config_.outbox.directory.c_str(), 12345, 12345), 0);
    const auto sink = make(online_);
    feed(*sink, 5);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    EXPECT_TRUE(log_.mentions("somebody else"));
}

// ---- kill -9

// A client that records against a server that answers nothing useful until it is killed, and says after every
// batch how many spans are on disk.
[[noreturn]] void recordUntilKilled(Config config, TransportScript& offline, int report) {
    config.batch.maxSpans = 4;
    HttpSink sink(validate(config).value(), NetworkClient::Parts{.transport = offline.transport()});
    sink.start();
    for (;;) {
        sink.consume(SpanRecords(4).batch());
        // On disk as soon as consume() has returned; earlier runs' spans, which it takes over, are not
        // counted again.
        const auto stats = sink.stats();
        const std::uint64_t onDisk = stats.onDisk - stats.recovered;
        if (::write(report, &onDisk, sizeof onDisk) != sizeof onDisk) ::_exit(1);
    }
}

TEST_F(DiskOutbox, LosesNothingThatWasCountedAsStoredWhenKilled) {
    const auto seed = std::random_device()();
    SCOPED_TRACE(seed);
    std::minstd_rand random(seed);
    offline_.otherwise(503);
    std::uint64_t durable = 0;
    for (int run = 0; run < 10; ++run) {
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe(pipe.data()), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            SpanRecords::startIdsAt(std::uint64_t(run + 1) << 40U);
            recordUntilKilled(config_, offline_, pipe[1]);
        }
        ::close(pipe[1]);
        std::uint64_t onDisk = 0;
        const auto batches = 1 + random() % 20;
        for (std::size_t i = 0; i < batches; ++i) {
            ASSERT_EQ(::read(pipe[0], &onDisk, sizeof onDisk), ssize_t{sizeof onDisk});
        }
        ::kill(child, SIGKILL);
        while (::read(pipe[0], &onDisk, sizeof onDisk) == ssize_t{sizeof onDisk}) {
        }
        ::close(pipe[0]);
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
        durable += onDisk;
    }

    const auto sink = make(online_);
    EXPECT_TRUE(eventually([&] { return sink->stats().onDisk == 0 && sink->stats().delivered >= durable; }));
    EXPECT_EQ(sink->stats().delivered, sink->stats().recovered);
    EXPECT_LE(sink->stats().recovered, durable + 10 * 4);  // what was stored but not yet counted
    std::set<std::string> ids;
    for (const auto& sent : online_.sent()) {
        const auto spans = boost::json::parse(sent.body);
        for (const auto& span : spans.as_array()) {
            EXPECT_TRUE(ids.insert(std::string(span.at("spanId").as_string())).second);
        }
    }
    EXPECT_EQ(ids.size(), sink->stats().delivered);
}

// ---- signals

// On a thread of the host's, which blocks no signal.
TEST_F(DiskOutbox, AFileSizeLimitDoesNotEndTheHost) {
    leaveBehind({3});
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_DFL);
        const rlimit none{0, RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &none);
        HttpSink sink(validate(config_).value(), NetworkClient::Parts{.transport = offline_.transport()});
        sink.start();
        sink.consume(SpanRecords(5).batch());
        config_.consent.set(Consent::denied);
        std::_Exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
}

}
}
