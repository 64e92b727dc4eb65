#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/json.hpp>

#include <sidespan/sink_http/http_sink.h>

#include "disk_outbox.h"
#include "outbox/disk/outbox_folder.h"
#include "support/full_disk.h"
#include "support/sanitizers.h"

namespace {
std::atomic<bool> areLocksThere{true};
}

// In the place of the C library's, for a file system that has none.
extern "C" int flock(int file, int operation) noexcept {
    if (areLocksThere) return static_cast<int>(::syscall(SYS_flock, file, operation));
    errno = ENOLCK;
    return -1;
}

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

TEST_F(DiskOutbox, KeepsABatchUntilTheServerHasIt) {
    online_.then(503);
    const auto sink = make(online_);
    feed(*sink, 5);
    EXPECT_FALSE(sink->flush(deadlineIn(0s)));
    EXPECT_EQ(sink->stats().onDisk, 5U);
    EXPECT_EQ(sink->stats().queued, 0U);
    EXPECT_EQ(files(".batch").size(), 1U);
    EXPECT_TRUE(eventually([&] { return log_.count(ErrorCode::unavailable) == 1; }));
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    EXPECT_EQ(sink->stats().delivered, 5U);
    EXPECT_TRUE(eventually([&] { return files(".batch").empty(); }));
    expectConserved(sink->stats());
}

TEST_F(DiskOutbox, TheNextRunDeliversWhatTheLastOneLeft) {
    leaveBehind({3, 4, 5});
    EXPECT_EQ(files(".batch").size(), 3U);
    const auto sink = make(online_);
    ASSERT_TRUE(online_.waitForSent(3));
    EXPECT_TRUE(eventually([&] { return sink->stats().delivered == 12; }));
    EXPECT_EQ(sink->stats().recovered, 12U);
    expectConserved(sink->stats());
    EXPECT_TRUE(sink->shutdown(deadlineIn(10s)));
    EXPECT_TRUE(files(".batch").empty());
}

TEST_F(DiskOutbox, SendsTheSameBodyUnderTheSameKeyInTheNextRun) {
    leaveBehind({3});
    const auto before = offline_.sent().at(0);
    const auto sink = make(online_);
    ASSERT_TRUE(online_.waitForSent(1));
    const auto after = online_.sent().at(0);
    EXPECT_EQ(after.body, before.body);
    EXPECT_EQ(after.header("Idempotency-Key"), before.header("Idempotency-Key"));
    EXPECT_EQ(after.header("Content-Type"), "application/json");
    EXPECT_EQ(after.url, before.url);
}

TEST_F(DiskOutbox, LeavesNothingBehindWhenEverythingIsDelivered) {
    const auto sink = make(online_);
    feed(*sink, 5);
    EXPECT_TRUE(sink->shutdown(deadlineIn(10s)));
    EXPECT_EQ(files("").size(), 1U);  // what the installation is known by
    EXPECT_EQ(files("installation").size(), 1U);
}

TEST_F(DiskOutbox, MakesAnotherIdOfAnInstallationWhereACrashLeftHalfOfOne) {
    for (const auto& half : {std::string("0123"), std::string(36, '\n'), std::string(36, 'a')}) {
        fs::create_directories(config_.outbox.directory);
        fs::permissions(config_.outbox.directory, fs::perms::owner_all);
        std::ofstream(config_.outbox.directory + "/installation") << half;
        std::string before;
        for (int run = 0; run < 2; ++run) {
            const auto sink = make(online_);
            feed(*sink, 1);
            EXPECT_TRUE(sink->flush(deadlineIn(10s)));
            const auto id = online_.sent().back().header("X-Client-Installation");
            EXPECT_EQ(id.size(), 36U);
            EXPECT_NE(id, half);
            EXPECT_TRUE(run == 0 || id == before);
            before = id;
        }
    }
}

TEST_F(DiskOutbox, DoesNotTakeFromTheLiving) {
    offline_.otherwise(503);
    const auto living = make(offline_);
    feed(*living, 5);
    static_cast<void>(living->flush(deadlineIn(0s)));
    const auto other = make(online_);
    feed(*other, 1);
    EXPECT_TRUE(other->flush(deadlineIn(10s)));
    EXPECT_EQ(other->stats().recovered, 0U);
    EXPECT_EQ(living->stats().onDisk, 5U);
    EXPECT_EQ(online_.sent().size(), 1U);
}

TEST_F(DiskOutbox, TakesOverFromWhoeverHasGoneMeanwhile) {
    const auto living = make(online_);
    feed(*living, 1);
    EXPECT_TRUE(living->flush(deadlineIn(10s)));
    leaveBehind({7});
    clock_->advance(6min);
    EXPECT_TRUE(eventually([&] { return living->stats().delivered == 8; }));
}

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

TEST_F(DiskOutbox, AdoptsALittleAtATimeAndSendsTheOldestFirst) {
    config_.batch.maxSpans = 1;
    for (int run = 0; run < 3; ++run) {
        clock_->advance(1h);
        offline_.otherwise(503);
        const auto sink = make(offline_);
        for (int i = 0; i < 15; ++i) {
            clock_->advance(1ms);
            feed(*sink, 1);
        }
        static_cast<void>(sink->shutdown(deadlineIn(0s)));
    }
    const auto root = config_.outbox.directory;
    detail::OutboxFolder folder(root, config_.endpoint);
    ASSERT_TRUE(folder.open().isSuccess());
    detail::OutboxFolder::Batches adopted;
    const auto now = clock_->wallNow();
    std::size_t calls = 1;
    for (std::size_t before = 0; folder.adopt(adopted, now); ++calls) {
        EXPECT_LE(adopted.size() - before, 16U);
        before = adopted.size();
    }
    EXPECT_EQ(adopted.size(), 45U);
    EXPECT_GE(calls, 3U);
    folder.close();

    // However the directories are ordered, once they have been adopted.
    online_.then(503, {{"Retry-After", "3600"}});
    const auto sink = make(online_);
    EXPECT_TRUE(eventually([&] { return sink->stats().recovered == 45; }));
    clock_->advance(2h);
    EXPECT_TRUE(eventually([&] { return sink->stats().delivered == 45; }));
    std::vector<std::string> ids;
    for (const auto& sent : online_.sent()) {
        ids.emplace_back(boost::json::parse(sent.body).at(0).at("spanId").as_string());
    }
    ASSERT_EQ(ids.size(), 46U);
    EXPECT_TRUE(std::is_sorted(ids.begin() + 1, ids.end() - 1));  // the last is what was tried first
}

TEST_F(DiskOutbox, SetsATornFileAsideAndDeliversTheRest) {
    leaveBehind({3, 4});
    const auto torn = files(".batch").at(0);
    const auto spansLeft = fs::file_size(torn) < fs::file_size(files(".batch").at(1)) ? 4U : 3U;
    fs::resize_file(torn, fs::file_size(torn) - 1);
    const auto sink = make(online_);
    EXPECT_TRUE(eventually([&] { return sink->stats().delivered == spansLeft; }));
    EXPECT_EQ(sink->stats().recovered, spansLeft);
    EXPECT_EQ(files(".broken").size(), 1U);
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

TEST_F(DiskOutbox, RemovesUnfinishedFilesOfEarlierRuns) {
    leaveBehind({3});
    std::ofstream(files(".batch").at(0).string() + ".tmp") << "half";
    const auto sink = make(online_);
    EXPECT_TRUE(eventually([&] { return sink->stats().delivered == 3; }));
    EXPECT_TRUE(files(".tmp").empty());
}

TEST_F(DiskOutbox, LeavesWhatIsMeantForAnotherServerAlone) {
    leaveBehind({3});
    config_.endpoint = "http://other.example.com";
    const auto sink = make(online_);
    feed(*sink, 1);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    EXPECT_EQ(sink->stats().recovered, 0U);
    EXPECT_EQ(files(".batch").size(), 1U);
}

TEST_F(DiskOutbox, RemovesWhatIsMeantForAnotherServerWhenItIsTooOld) {
    leaveBehind({3});
    config_.endpoint = "http://other.example.com";
    clock_->advance(8 * 24h);
    const auto sink = make(online_);
    EXPECT_TRUE(eventually([&] { return files(".batch").empty(); }));
    EXPECT_EQ(sink->stats().recovered, 0U);
}

TEST_F(DiskOutbox, LeavesBatchesOfALaterVersionAlone) {
    leaveBehind({3});
    const auto later = files(".batch").at(0);
    std::fstream(later, std::ios::in | std::ios::out | std::ios::binary).seekp(8).put(2);
    const auto sink = make(online_);
    feed(*sink, 1);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    EXPECT_TRUE(fs::exists(later));
    EXPECT_TRUE(files(".broken").empty());
}

TEST_F(DiskOutbox, IsBoundedLikeTheOneInMemory) {
    config_.outbox.maxBytes = 64 << 10;
    config_.batch.maxSpans = 10;
    offline_.otherwise(503);
    const auto sink = make(offline_);
    for (int i = 0; i < 50; ++i) feed(*sink, 10);
    EXPECT_TRUE(eventually([&] { return log_.count(ErrorCode::unavailable) == 1; }));
    std::uintmax_t bytes = 0;
    for (const auto& file : files(".batch")) bytes += fs::file_size(file);
    EXPECT_LE(bytes, (64U << 10) + 20000U);
    EXPECT_GT(sink->stats().dropped[DropReason::outboxFull], 0U);
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

TEST_F(DiskOutbox, WhatWasLeftToTheNextRunIsNoLongerLookedAt) {
    leaveBehind({3, 4});
    online_.then(503, {{"Retry-After", "3600"}});  // so that one body stays on disk alone
    const auto sink = make(online_);
    ASSERT_TRUE(online_.waitForSent(1));
    static_cast<void>(sink->shutdown(deadlineIn(0s)));
    EXPECT_EQ(sink->preview(), "");
    sink->purge();
    EXPECT_EQ(sink->stats().dropped[DropReason::consentWithdrawn], 7U);
    expectConserved(sink->stats());
}

// ---- where the disk will not do

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

TEST_F(DiskOutbox, FallsBackToMemoryWhereNoDirectoryCanBeMadeAndSaysSoOnce) {
    config_.outbox.directory = "/proc/nothing/outbox";
    offline_.otherwise(503);
    const auto sink = make(offline_);
    for (int i = 0; i < 5; ++i) {
        feed(*sink, 5);
        EXPECT_FALSE(sink->flush(deadlineIn(0s)));
    }
    EXPECT_EQ(sink->stats().queued, 25U);
    EXPECT_EQ(sink->stats().onDisk, 0U);
    EXPECT_TRUE(log_.waitFor(ErrorCode::io));
    EXPECT_EQ(log_.count(ErrorCode::io), 1U);
}

TEST_F(DiskOutbox, SaysOnceThatTheDiskIsFull) {
    offline_.otherwise(503);
    const auto sink = make(offline_);
    const FullDisk disk(100);
    for (std::size_t i = 1; i <= 5; ++i) {
        feed(*sink, 5);
        EXPECT_FALSE(sink->flush(deadlineIn(0s)));
        EXPECT_TRUE(offline_.waitForSent(i));
    }
    EXPECT_EQ(sink->stats().queued, 25U);
    EXPECT_EQ(log_.count(ErrorCode::io), 1U);
    EXPECT_TRUE(log_.mentions(config_.outbox.directory));
}

TEST_F(DiskOutbox, LeavesNoDirectoriesWhereTheyCannotBeLocked) {
    areLocksThere = false;
    const auto sink = make(online_);
    for (int i = 0; i < 3; ++i) feed(*sink, 5);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    areLocksThere = true;
    EXPECT_TRUE(fs::is_empty(config_.outbox.directory));
    EXPECT_TRUE(log_.mentions("lock"));
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

TEST_F(DiskOutbox, AnUnstartedSinkTouchesNoDirectory) {
    const HttpSink sink(validate(config_).value());
    EXPECT_FALSE(fs::exists(config_.outbox.directory));
}

TEST_F(DiskOutbox, KeepsABatchThatIsTooLargeUntilThereIsRoomForItsHalves) {
    std::optional<FullDisk> disk;
    online_.then([&](const HttpRequest&, Cancellation&) -> Outcome<HttpResponse> {
        disk.emplace(rlim_t{2000});  // enough for the first half
        return HttpResponse{.status = 413};
    });
    const auto sink = make(online_);
    SpanRecords spans(2);
    spans.add(4000);
    spans.add(4000);
    sink->consume(spans.batch());
    EXPECT_FALSE(sink->flush(deadlineIn(0s)));
    EXPECT_TRUE(log_.waitFor(ErrorCode::io));
    EXPECT_EQ(sink->stats().onDisk, 4U);
    EXPECT_EQ(files(".batch").size(), 1U);
    disk.reset();
    online_.then(413);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    EXPECT_EQ(sink->stats().delivered, 4U);
    EXPECT_EQ(online_.sent().size(), 4U);
    EXPECT_TRUE(eventually([&] { return files(".batch").empty(); }));
    expectConserved(sink->stats());
}

// ---- consent

TEST_F(DiskOutbox, WithdrawnConsentRemovesEverybodysBatches) {
    leaveBehind({3});
    offline_.otherwise(503);
    config_.endpoint = "http://other.example.com";
    const auto other = make(offline_);
    feed(*other, 5);
    static_cast<void>(other->flush(deadlineIn(0s)));
    ASSERT_TRUE(offline_.waitForSent(1));

    TransportScript alsoOffline;
    alsoOffline.otherwise(503);
    const auto own = make(alsoOffline);
    feed(*own, 7);
    static_cast<void>(own->flush(deadlineIn(0s)));
    ASSERT_TRUE(alsoOffline.waitForSent(1));
    EXPECT_EQ(files(".batch").size(), 3U);
    own->purge();
    EXPECT_TRUE(files(".batch").empty());
    EXPECT_EQ(own->stats().dropped[DropReason::consentWithdrawn], 7U);

    // The other one is alive, and notices before it posts.
    const auto sentBefore = offline_.sent().size();
    EXPECT_TRUE(other->flush(deadlineIn(10s)));
    EXPECT_EQ(other->stats().dropped[DropReason::consentWithdrawn], 5U);
    EXPECT_EQ(offline_.sent().size(), sentBefore);
    expectConserved(other->stats());
}

TEST_F(DiskOutbox, WhatIsRecordedAfterAWithdrawalIsKeptAndSent) {
    const auto sink = make(online_);
    sink->purge();
    feed(*sink, 5);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    EXPECT_EQ(sink->stats().delivered, 5U);
}

TEST_F(DiskOutbox, PurgesWhatEarlierRunsLeftThoughNothingWasEverStarted) {
    leaveBehind({3});
    HttpSink sink(validate(config_).value());
    sink.purge();
    EXPECT_TRUE(files(".batch").empty());
}

TEST_F(DiskOutbox, PurgingMakesNoDirectory) {
    HttpSink sink(validate(config_).value());
    sink.purge();
    EXPECT_FALSE(fs::exists(config_.outbox.directory));
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

}
}
