#include <fstream>
#include <optional>
#include <string>

#include "disk_outbox.h"
#include "file_faults.h"
#include "outbox/disk/owed_withdrawals.h"
#include "support/full_disk.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

// A disk that fails, is removed, or lies about the time.
class DiskOutboxFaults : public DiskOutbox {
protected:
    // A sink that has taken over what earlier runs left, and has been told to wait: their bodies are on disk
    // alone.
    std::unique_ptr<HttpSink> adoptWithout(TransportScript& script, std::size_t spans) {
        script.then(503, {{"Retry-After", "60"}});
        auto sink = make(script);
        EXPECT_TRUE(script.waitForSent(1));
        EXPECT_TRUE(eventually([&] { return sink->stats().recovered == spans; }));
        return sink;
    }
    // Lets the pause that the server asked for pass, whether or not the worker has read the answer yet.
    template <class Condition>
    bool waitBeyondThePause(Condition holds) {
        return eventually([&] {
            if (holds()) return true;
            clock_->advance(100ms);  // asked often: a longer step would make the batches too old
            return false;
        });
    }
    // A file may be written meanwhile, which makes the first try fail.
    void removeDirectory() const {
        EXPECT_TRUE(eventually([&] {
            std::error_code problem;
            fs::remove_all(config_.outbox.directory, problem);
            return !problem;
        }));
    }
    // The worker is woken once more. What it has to do it does soon.
    static void letPass(HttpSink& sink) { static_cast<void>(sink.flush(deadlineIn(50ms))); }
    void setGeneration(std::size_t generation) {
        std::ofstream(config_.outbox.directory + "/generation") << std::string(generation, '.');
    }

    FileFaults faults_;
};

// ---- only ENOENT means that a file is gone

TEST_F(DiskOutboxFaults, ABatchThatCannotBeLookedAtIsKept) {
    for (const int error : FileFaults::problems) {
        SCOPED_TRACE(error);
        leaveBehind({3, 4, 5});
        const auto sink = adoptWithout(online_, 12);
        faults_.refuse(".batch", error);
        EXPECT_TRUE(waitBeyondThePause([&] { return faults_.refused() > 1; }));
        EXPECT_TRUE(log_.waitFor(ErrorCode::io));
        EXPECT_EQ(sink->stats().dropped.total(), 0U);
        faults_.heal();
        EXPECT_TRUE(waitBeyondThePause([&] { return sink->stats().delivered == 12; }));
        expectConserved(sink->stats());
    }
}

TEST_F(DiskOutboxFaults, ABatchWhoseFileIsGoneIsCountedAsLost) {
    leaveBehind({3, 4, 5});
    const auto sink = adoptWithout(online_, 12);
    for (const auto& file : files(".batch")) fs::remove(file);
    EXPECT_TRUE(waitBeyondThePause([&] { return sink->stats().onDisk == 0; }));
    EXPECT_TRUE(waitBeyondThePause([&] { return sink->stats().queued == 0; }));
    EXPECT_GT(sink->stats().dropped[DropReason::sinkFailed], 0U);
    expectConserved(sink->stats());
}

TEST_F(DiskOutboxFaults, NoGrantedBatchIsDroppedWhileTheGenerationCannotBeRead) {
    fs::create_directories(config_.outbox.directory);
    fs::permissions(config_.outbox.directory, fs::perms::owner_all);
    setGeneration(2);
    for (const int error : FileFaults::problems) {
        SCOPED_TRACE(error);
        const auto sink = make(online_);
        const auto sentBefore = online_.sent().size();
        faults_.refuse("generation", error);
        feed(*sink, 5);
        EXPECT_FALSE(sink->flush(deadlineIn(50ms)));
        EXPECT_EQ(online_.sent().size(), sentBefore) << "nobody knows whether it may be sent";
        faults_.heal();
        clock_->advance(10min);
        EXPECT_TRUE(eventually([&] { return sink->stats().delivered == 5; }));
        EXPECT_EQ(sink->stats().dropped.total(), 0U);
        expectConserved(sink->stats());
    }
}

TEST_F(DiskOutboxFaults, NothingIsSentWhileAWithdrawalElsewhereCannotBeRead) {
    offline_.then(503, {{"Retry-After", "60"}});
    const auto sink = make(offline_);
    feed(*sink, 5);
    EXPECT_TRUE(eventually([&] {
        letPass(*sink);
        return offline_.sent().size() == 1;
    }));
    setGeneration(1);  // another process withdraws, and cannot remove our files
    faults_.refuse("generation", FileFaults::unreachable);
    clock_->advance(61s);
    EXPECT_TRUE(eventually([&] { return faults_.refused() > 0; }));
    letPass(*sink);
    EXPECT_EQ(offline_.sent().size(), 1U);
    faults_.heal();
    clock_->advance(10min);
    EXPECT_TRUE(eventually([&] { return sink->stats().dropped[DropReason::consentWithdrawn] == 5; }));
    EXPECT_EQ(offline_.sent().size(), 1U);
    expectConserved(sink->stats());
}

TEST_F(DiskOutboxFaults, ABatchThatIsWithdrawnWhileItIsWrittenIsNeitherStoredNorReported) {
    offline_.otherwise(503);
    const auto sink = make(offline_);
    for (const bool isRemoved : {false, true}) {
        feed(*sink, 5);
        // Another process withdraws, and removes what is there.
        std::ofstream(config_.outbox.directory + "/generation", std::ios::app) << '.';
        if (isRemoved) faults_.refuse(".tmp", FileFaults::unreachable);
        EXPECT_TRUE(sink->flush(deadlineIn(10s)));
        EXPECT_EQ(files(".batch").size(), 0U);
    }
    EXPECT_EQ(sink->stats().dropped[DropReason::consentWithdrawn], 10U);
    EXPECT_FALSE(log_.mentions("outbox directory"));
    expectConserved(sink->stats());
}

TEST_F(DiskOutboxFaults, AGenerationThatIsRemovedDoesNotBeginAnew) {
    fs::create_directories(config_.outbox.directory);
    fs::permissions(config_.outbox.directory, fs::perms::owner_all);
    setGeneration(2);
    const auto sink = make(online_);
    feed(*sink, 5);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    fs::remove(config_.outbox.directory + "/generation");
    feed(*sink, 5);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    EXPECT_EQ(fs::file_size(config_.outbox.directory + "/generation"), 2U);
    EXPECT_EQ(sink->stats().delivered, 10U);
    expectConservedAsFed(sink->stats());
}

// ---- a denial where nothing can be written

TEST_F(DiskOutboxFaults, ADenialThatCannotBeWrittenIsReportedAndHoldsInThisProcess) {
    leaveBehind({3});
    {
        const HttpSink sink(validate(config_).value());
        faults_.makeReadOnly(true);
        config_.consent.set(Consent::denied);
        EXPECT_EQ(log_.count(ErrorCode::io), 1U);
        EXPECT_TRUE(log_.mentions("consent was withdrawn, but that could not be written"));
    }
    EXPECT_EQ(files(".batch").size(), 1U);
    faults_.heal();
    config_.consent = Consent::granted;  // a new plugin of the same process
    const auto sink = make(online_);
    feed(*sink, 5);
    EXPECT_TRUE(eventually([&] { return sink->stats().recovered == 3; }));
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    EXPECT_EQ(sink->stats().delivered, 5U);
    EXPECT_EQ(sink->stats().dropped[DropReason::consentWithdrawn], 3U);
    EXPECT_EQ(online_.sent().size(), 1U);
    EXPECT_EQ(fs::file_size(config_.outbox.directory + "/generation"), 1U)
        << "written as soon as it could be";
    EXPECT_TRUE(files(".batch").empty());
    expectConserved(sink->stats());
}

TEST_F(DiskOutboxFaults, WhatIsRecordedAfterADenialThatCannotBeWrittenIsSentFromMemory) {
    const auto sink = make(online_);
    feed(*sink, 2);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    faults_.makeReadOnly(true);
    sink->purge();
    feed(*sink, 5);
    EXPECT_EQ(sink->stats().onDisk, 0U);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    EXPECT_EQ(sink->stats().delivered, 7U);
    expectConserved(sink->stats());
}

TEST(OwedWithdrawals, AreOfOnePathHoweverManyPathsThereWere) {
    const detail::OwedWithdrawals::Share first("first");
    first->add();
    {
        const detail::OwedWithdrawals::Share owing("owing");
        owing->add();
    }
    for (int i = 0; i < 100; ++i) {
        const detail::OwedWithdrawals::Share share("path" + std::to_string(i));
        EXPECT_TRUE(share->isOfOnePath());
        EXPECT_EQ(share->count(), 0U);
    }
    const detail::OwedWithdrawals::Share again("owing");
    EXPECT_EQ(again->count(), 1U) << "it is owed whether or not anybody asks";
    const detail::OwedWithdrawals::Share same("first/");
    EXPECT_EQ(same->count(), 1U);
    first->noteWritten();
    again->noteWritten();
}

TEST_F(DiskOutboxFaults, ADenialOnAFullDiskIsWritten) {
    leaveBehind({3});
    HttpSink sink(validate(config_).value());
    std::optional<FullDisk> disk(0);
    sink.purge();
    disk.reset();
    EXPECT_TRUE(files(".batch").empty()) << "files can be removed there";
    EXPECT_TRUE(log_.mentions("could not be written"));
    const auto next = make(online_);
    feed(*next, 1);
    EXPECT_TRUE(next->flush(deadlineIn(10s)));
    EXPECT_EQ(fs::file_size(config_.outbox.directory + "/generation"), 1U);
    expectConservedAsFed(next->stats(), 3);
}

// ---- a directory that is removed while it is used

TEST_F(DiskOutboxFaults, ADirectoryThatIsRemovedIsMadeAgain) {
    offline_.then(503, {{"Retry-After", "60"}});
    const auto sink = make(offline_);
    feed(*sink, 5);
    letPass(*sink);
    EXPECT_EQ(sink->stats().onDisk, 5U);
    removeDirectory();
    letPass(*sink);
    EXPECT_TRUE(eventually([&] { return sink->stats().onDisk == 0; }));
    EXPECT_EQ(sink->stats().queued, 5U) << "it was in memory as well";
    feed(*sink, 7);
    letPass(*sink);
    EXPECT_EQ(sink->stats().onDisk, 7U);
    EXPECT_EQ(files(".batch").size(), 1U);
    clock_->advance(61s);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    EXPECT_EQ(sink->stats().delivered, 12U);
    expectConserved(sink->stats());
}

TEST_F(DiskOutboxFaults, WhatWasOnDiskAloneIsCountedAsLostWithItsDirectory) {
    leaveBehind({3, 4, 5});
    const auto sink = adoptWithout(online_, 12);
    removeDirectory();
    letPass(*sink);
    EXPECT_TRUE(eventually([&] { return sink->stats().onDisk == 0; }));
    EXPECT_EQ(sink->stats().dropped[DropReason::sinkFailed] + sink->stats().queued, 12U);
    EXPECT_TRUE(eventually([&] { return log_.mentions("somebody has removed files"); }));
    expectConserved(sink->stats());
}

TEST_F(DiskOutboxFaults, WhatIsInADirectoryThatIsMovedComesAlong) {
    leaveBehind({3, 4, 5});
    const auto sink = adoptWithout(online_, 12);
    fs::rename(config_.outbox.directory, directory_ / "elsewhere");
    letPass(*sink);
    EXPECT_TRUE(eventually([&] { return files(".batch").size() == 3; }));
    EXPECT_EQ(sink->stats().onDisk, 12U);
    clock_->advance(61s);
    EXPECT_TRUE(eventually([&] { return sink->stats().delivered == 12; }));
    expectConserved(sink->stats());
}

// ---- what many batches cost

TEST_F(DiskOutboxFaults, RecoveringNBatchesAsksTheDiskNTimes) {
    config_.batch.maxSpans = 1;
    const auto callsFor = [&](std::size_t batches) {
        {
            offline_.otherwise(503);
            const auto sink = make(offline_);
            feed(*sink, batches);
            static_cast<void>(sink->shutdown(deadlineIn({})));
        }
        const auto before = faults_.calls();
        const auto sink = make(online_);
        EXPECT_TRUE(eventually([&] { return sink->stats().delivered == batches; }));
        return faults_.calls() - before;
    };
    const auto few = callsFor(100);
    const auto many = callsFor(400);
    EXPECT_LT(many, 5 * few);
}

// ---- ages

TEST_F(DiskOutboxFaults, ABatchThatWasMadeIn1970IsSent) {
    const auto now = clock_->wallNow().time_since_epoch();
    clock_->setForward(-now + 1min);
    leaveBehind({3});
    clock_->setForward(now - 1min);
    const auto sink = make(online_);
    EXPECT_TRUE(eventually([&] { return sink->stats().delivered == 3; }));
    EXPECT_EQ(sink->stats().dropped.total(), 0U);
    expectConservedAsFed(sink->stats());
}

TEST_F(DiskOutboxFaults, ABatchOfTheFutureIsSent) {
    clock_->setForward(24h * 400);
    leaveBehind({3});
    clock_->setForward(-24h * 400);
    const auto sink = make(online_);
    EXPECT_TRUE(eventually([&] { return sink->stats().delivered == 3; }));
    EXPECT_EQ(sink->stats().dropped.total(), 0U);
    expectConservedAsFed(sink->stats());
}

TEST_F(DiskOutboxFaults, WhatWasTakenOverAgesByNoWallClock) {
    leaveBehind({3, 4});
    const auto sink = adoptWithout(online_, 7);
    clock_->setForward(24h * 365);
    feed(*sink, 1);
    EXPECT_FALSE(sink->flush(deadlineIn(50ms)));  // by now the worker has looked
    EXPECT_EQ(sink->stats().onDisk, 8U);
    clock_->advance(24h * 8);
    EXPECT_TRUE(eventually([&] { return sink->stats().dropped[DropReason::expired] == 8; }));
    expectConserved(sink->stats());
}

TEST_F(DiskOutboxFaults, ForeignBatchesOf1970AreKept) {
    const auto now = clock_->wallNow().time_since_epoch();
    clock_->setForward(-now + 1min);
    leaveBehind({3});
    clock_->setForward(now - 1min);
    config_.endpoint = "http://other.example.com";
    const auto sink = make(online_);
    feed(*sink, 1);
    EXPECT_TRUE(sink->flush(deadlineIn(10s)));
    EXPECT_EQ(files(".batch").size(), 1U);
}

}
}
