#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <sidespan/sink_http/http_sink.h>

#include "disk_outbox.h"
#include "file_faults.h"
#include "outbox/disk/outbox_folder.h"
#include "support/full_disk.h"
#include "support/without_home.h"

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

// A run may end after it renamed the file and before it moved it.
TEST_F(DiskOutbox, MovesWhatAnEarlierRunBeganToSetAside) {
    leaveBehind({3, 4});
    const auto torn = files(".batch").at(0);
    const auto before = torn.parent_path();
    fs::rename(torn, torn.string() + ".broken");
    const auto sink = make(online_);
    EXPECT_TRUE(eventually([&] { return sink->stats().onDisk == 0 && sink->stats().delivered != 0; }));
    EXPECT_TRUE(eventually([&] { return !fs::exists(before); }));
    ASSERT_EQ(files(".broken").size(), 1U);
    EXPECT_EQ(files(".broken").at(0).parent_path(), fs::path(config_.outbox.directory));
}

TEST_F(DiskOutbox, WithdrawnConsentRemovesWhatAnEarlierRunBeganToSetAside) {
    leaveBehind({3});
    const auto torn = files(".batch").at(0);
    fs::rename(torn, torn.string() + ".broken");
    HttpSink sink(validate(config_).value());
    sink.purge();
    EXPECT_TRUE(files(".broken").empty());
    EXPECT_EQ(log_.count(ErrorCode::io), 0U);
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

TEST_F(DiskOutbox, FallsBackToMemoryWhereNoDirectoryCanBeMadeAndSaysSoOnce) {
    std::ofstream(directory_ / "file") << "x";
    config_.outbox.directory = directory_ / "file/outbox";
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
    EXPECT_TRUE(log_.mentions(withoutHome(config_.outbox.directory)));
}

TEST_F(DiskOutbox, LeavesNoDirectoriesWhereTheyCannotBeLocked) {
    FileFaults faults;
    faults.refuseLocks();
    const auto sink = make(online_);
    for (int i = 0; i < 3; ++i) feed(*sink, 5);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    faults.heal();
    EXPECT_TRUE(fs::is_empty(config_.outbox.directory));
    EXPECT_TRUE(log_.mentions("lock"));
}

// A process that cleans up after earlier runs may delete a directory that another one is about to name and
// lock.
TEST_F(DiskOutbox, ManyBeginAtATime) {
    std::vector<std::thread> runs;
    for (int i = 0; i < 8; ++i) {
        runs.emplace_back([&] {
            for (int round = 0; round < 50; ++round) {
                detail::OutboxFolder folder(config_.outbox.directory, config_.endpoint);
                const auto opened = folder.open();
                EXPECT_TRUE(opened.isSuccess()) << opened.error().message;
                detail::BatchStore::Batches none;
                while (folder.adopt(none, {})) {
                }
                folder.close();
            }
        });
    }
    for (auto& run : runs) run.join();
}

TEST_F(DiskOutbox, AnUnstartedSinkTouchesNoDirectory) {
    const HttpSink sink(validate(config_).value());
    EXPECT_FALSE(fs::exists(config_.outbox.directory));
}

TEST_F(DiskOutbox, KeepsABatchThatIsTooLargeUntilThereIsRoomForItsHalves) {
    std::optional<FullDisk> disk;
    online_.then([&](const HttpRequest&, Cancellation&) -> Outcome<HttpResponse> {
        disk.emplace(2000U);  // enough for the first half
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

TEST_F(DiskOutbox, NoticesAWithdrawalElsewhereAlsoWhenABatchWasBegunSince) {
    const auto other = makeWithdrawnElsewhere(5);
    feed(*other, 2);
    EXPECT_TRUE(other->flush(deadlineIn(10s)));
    EXPECT_EQ(other->stats().dropped[DropReason::consentWithdrawn], 5U);
    EXPECT_EQ(other->stats().delivered, 2U);
    expectConserved(other->stats());
}

TEST_F(DiskOutbox, AWithdrawalElsewhereIsNotReportedAsLoss) {
    const auto other = makeWithdrawnElsewhere(5);
    clock_->advance(11s);  // it looks for its files every ten seconds
    EXPECT_TRUE(other->flush(deadlineIn(10s)));
    EXPECT_EQ(other->stats().dropped[DropReason::consentWithdrawn], 5U);
    EXPECT_FALSE(log_.mentions("somebody has removed"));
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

}
}
