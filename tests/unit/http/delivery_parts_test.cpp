#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

#include "assembler.h"
#include "backoff.h"
#include "batch.h"
#include "byte_budget.h"
#include "classify.h"
#include "gzip.h"
#include "losses.h"
#include "outbox.h"
#include "server_answer.h"
#include "support/full_disk.h"
#include "support/manual_delivery_clock.h"
#include "support/temporary_directory.h"

namespace sidespan::detail {
namespace {

using namespace std::chrono_literals;
using test::TemporaryDirectory;
namespace fs = std::filesystem;

TEST(Backoff, StaysWithinItsDoublingCeiling) {
    const Config::Retry limits{.initialBackoff = 100ms, .maxBackoff = 1000ms};
    const Backoff::Time now{};
    for (int run = 0; run < 50; ++run) {
        Backoff backoff(limits);
        EXPECT_LE(backoff.opensAt(), now);
        for (const auto ceiling : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
            backoff.fail(now);
            EXPECT_GE(backoff.opensAt(), now);
            EXPECT_LE(backoff.opensAt() - now, ceiling);
        }
    }
}

TEST(Backoff, SpreadsOverTheWholeInterval) {
    std::vector<Backoff::Time::duration> waits;
    for (int run = 0; run < 200; ++run) {
        Backoff backoff({.initialBackoff = 1000ms, .maxBackoff = 1000ms});
        backoff.fail({});
        waits.push_back(backoff.opensAt() - Backoff::Time{});
    }
    EXPECT_LT(std::ranges::min(waits), 200ms);
    EXPECT_GT(std::ranges::max(waits), 800ms);
}

TEST(Backoff, NeverOverflows) {
    Backoff backoff({.initialBackoff = 1h, .maxBackoff = 24h});
    for (int i = 0; i < 1000; ++i) backoff.fail({});
    EXPECT_LE(backoff.opensAt() - Backoff::Time{}, 24h);
    EXPECT_GE(backoff.opensAt() - Backoff::Time{}, 0h);
}

TEST(Backoff, HurryingObeysTheServerAlone) {
    Backoff backoff({.initialBackoff = 1h, .maxBackoff = 1h});
    backoff.fail({}, Backoff::Time{} + 5s);
    backoff.hurry();
    EXPECT_EQ(backoff.opensAt(), Backoff::Time{} + 5s);
    backoff.succeed();
    EXPECT_LE(backoff.opensAt(), Backoff::Time{});
    EXPECT_EQ(backoff.failures(), 0U);
}

TEST(Classify, KnowsTheRetryClasses) {
    const test::ManualDeliveryClock clock;
    const auto fate = [&](int status) { return classify(HttpResponse{.status = status}, clock).fate; };
    for (const int status : {200, 201, 202, 204}) EXPECT_EQ(fate(status), Fate::delivered) << status;
    for (const int status : {408, 429, 500, 502, 503, 504}) EXPECT_EQ(fate(status), Fate::retry) << status;
    for (const int status : {401, 403}) EXPECT_EQ(fate(status), Fate::unauthorized) << status;
    for (const int status :
         {300, 304, 400, 402, 404, 405, 406, 409, 411, 415, 422, 431, 451, 501, 505, 511}) {
        EXPECT_EQ(fate(status), Fate::rejected) << status;
    }
    EXPECT_EQ(fate(410), Fate::switchedOff);
    EXPECT_EQ(fate(413), Fate::tooLarge);
}

TEST(Classify, QuotesTheServerWithoutItsControlCharacters) {
    const test::ManualDeliveryClock clock;
    const auto verdict =
        classify(HttpResponse{.status = 400, .body = "a\r\nb\x1b[31m" + std::string(1000, 'x')}, clock);
    EXPECT_TRUE(verdict.error.message.starts_with("the server answered 400: a  b [31mxxx"))
        << verdict.error.message;
    EXPECT_LT(verdict.error.message.size(), 300U);
}

Config hundredBytes(std::string directory = {}) {
    Config config;
    config.http.maxBytesPerDay = 100;
    config.outbox.directory = std::move(directory);
    return config;
}

TEST(ByteBudget, IsRenewedEachDay) {
    const auto noon = std::chrono::sys_days{std::chrono::year{2026} / 1 / 2} + 12h;
    ByteBudget budget(hundredBytes());
    EXPECT_TRUE(budget.take(60, noon));
    EXPECT_FALSE(budget.take(60, noon));
    EXPECT_TRUE(budget.take(40, noon));
    EXPECT_EQ(ByteBudget::untilTomorrow(noon), 12h);
    EXPECT_TRUE(budget.take(60, noon + 12h));
}

TEST(ByteBudget, LetsTheFirstRequestOfADayPassHoweverLarge) {
    ByteBudget budget(hundredBytes());
    EXPECT_TRUE(budget.take(1000, {}));
    EXPECT_FALSE(budget.take(1, {}));
}

TEST(ByteBudget, IsSharedByThoseWhoShareADirectoryAndOutlivesThem) {
    const TemporaryDirectory directory;
    const auto config = hundredBytes(directory / "outbox");
    const auto noon = std::chrono::sys_days{std::chrono::year{2026} / 1 / 2} + 12h;
    ByteBudget first(config);
    EXPECT_TRUE(first.take(60, noon));
    {
        ByteBudget second(config);
        EXPECT_FALSE(second.take(60, noon));
        EXPECT_TRUE(second.take(30, noon));
    }
    EXPECT_FALSE(first.take(20, noon));
    EXPECT_TRUE(first.take(10, noon));
    EXPECT_TRUE(ByteBudget(config).take(60, noon + 12h));
}

TEST(ByteBudget, TakesBackWhatWasNotSent) {
    ByteBudget budget(hundredBytes());
    EXPECT_TRUE(budget.take(90, {}));
    EXPECT_FALSE(budget.take(90, {}));
    budget.giveBack(80, {});
    EXPECT_TRUE(budget.take(90, {}));
    budget.giveBack(1000, {});
    EXPECT_TRUE(budget.take(100, {}));
}

TEST(ByteBudget, TakesItBackForAllWhoShareTheDirectory) {
    const TemporaryDirectory directory;
    ByteBudget budget(hundredBytes(directory / "outbox"));
    ByteBudget other(hundredBytes(directory / "outbox"));
    EXPECT_TRUE(budget.take(90, {}));
    EXPECT_FALSE(other.take(50, {}));
    budget.giveBack(80, {});
    EXPECT_TRUE(other.take(50, {}));
    EXPECT_FALSE(budget.take(50, {}));
}

TEST(ByteBudget, BeginsAnewFromAFileThatIsNone) {
    const TemporaryDirectory directory;
    for (const char* text : {"", "x", "20455", "20455 ", "99999999999999999999 1", "-"}) {
        fs::create_directories(directory / "outbox");
        fs::permissions(directory / "outbox", fs::perms::owner_all);
        std::ofstream(directory / "outbox/sent-today") << text;
        ByteBudget budget(hundredBytes(directory / "outbox"));
        EXPECT_TRUE(budget.take(100, {})) << text;
        EXPECT_FALSE(budget.take(1, {})) << text;
    }
}

TEST(ByteBudget, KeepsWhatWasSavedWhenTheDiskTakesNoMore) {
    const TemporaryDirectory directory;
    const auto config = hundredBytes(directory / "outbox");
    EXPECT_TRUE(ByteBudget(config).take(90, {}));
    {
        const test::FullDisk disk(0);
        EXPECT_TRUE(ByteBudget(config).take(5, {}));
    }
    EXPECT_FALSE(ByteBudget(config).take(20, {}));
}

TEST(ByteBudget, CountsByItselfWhileAnotherProcessHoldsTheFile) {
    const TemporaryDirectory directory;
    ByteBudget budget(hundredBytes(directory / "outbox"));
    EXPECT_TRUE(budget.take(60, {}));
    const int held = ::open((directory / "outbox/sent-today").c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(::flock(held, LOCK_EX), 0);
    EXPECT_FALSE(budget.take(60, {}));
    EXPECT_TRUE(budget.take(30, {}));
    ::close(held);
    EXPECT_FALSE(budget.take(20, {}));
    EXPECT_FALSE(ByteBudget(hundredBytes(directory / "outbox")).take(20, {}));
}

TEST(ByteBudget, CountsByItselfWhileItsFileCannotBeWritten) {
    const TemporaryDirectory directory;
    const auto noon = std::chrono::sys_days{std::chrono::year{2026} / 1 / 2} + 12h;
    ByteBudget budget(hundredBytes(directory / "outbox"));
    const test::FullDisk disk(0);
    EXPECT_TRUE(budget.take(60, noon));
    EXPECT_FALSE(budget.take(60, noon));
    EXPECT_TRUE(budget.take(60, noon + 12h));
}

TEST(Gzip, GivesWhatGunzipReads) {
    Gzip gzip;
    for (const std::string& body :
         {std::string(100000, 'x'), std::string("[") + std::string(5000, 'y') + "]"}) {
        const auto compressed = gzip.compress(body);
        ASSERT_FALSE(compressed.empty());
        std::string out(body.size(), '\0');
        z_stream z{};
        inflateInit2(&z, 15 + 16);
        z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
        z.avail_in = static_cast<uInt>(compressed.size());
        z.next_out = reinterpret_cast<Bytef*>(out.data());
        z.avail_out = static_cast<uInt>(out.size());
        EXPECT_EQ(inflate(&z, Z_FINISH), Z_STREAM_END);
        inflateEnd(&z);
        EXPECT_EQ(out, body);
    }
}

TEST(Gzip, LeavesAloneWhatDoesNotGetSmaller) {
    EXPECT_TRUE(Gzip().compress("[]").empty());
}

TEST(ServerAnswer, FindsTheRejectedCountAndNothingElse) {
    EXPECT_EQ(rejectedSpans(R"({"accepted":1,"duplicate":2,"rejected":3})"), 3U);
    EXPECT_EQ(rejectedSpans(R"(  { "rejected" : 42 , "a":1})"), 42U);
    EXPECT_EQ(rejectedSpans(R"({"nested":{"rejected":9},"text":"\"rejected\":8","rejected":7})"), 7U);
    for (const char* text :
         {"", "ok", "[]", "{}", R"({"rejected":"3"})", R"({"rejected":-3})", R"({"x":"rejected"})",
          R"({"rejected)", R"({"a":[{"rejected":3}]})", R"(["rejected":3])", R"({"rejected":)",
          R"({"rejected":99999999999999999999999})", R"({"a\)"}) {
        EXPECT_EQ(rejectedSpans(text), 0U) << text;
    }
}

TEST(ServerAnswer, FindsTheFirstReason) {
    EXPECT_EQ(rejectionReason(
                  R"({"rejected":2,"rejections":[{"index":1, "reason" : "no \"name\""},{"reason":"b"}]})"),
              R"(no \"name\")");
    for (const char* text : {"", "{}", R"({"reason":3})", R"({"reason")", R"({"reason":"x)",
                             R"({"reason":"x\")", R"({"text":"\"reason\":\"x\""})"}) {
        EXPECT_EQ(rejectionReason(text), "") << text;
    }
}

TEST(LossesHeader, NamesWhatWasLost) {
    DropCounts losses;
    EXPECT_EQ(lossesHeader(losses), "");
    losses[DropReason::expired] = 3;
    losses[DropReason::outboxFull] = 512;
    EXPECT_EQ(lossesHeader(losses), "expired=3, outbox-full=512");
}

// ---- splitting

std::unique_ptr<Batch> makeBatch(const std::vector<std::string>& spans) {
    auto batch = std::make_unique<Batch>();
    batch->id = BatchId::random();
    batch->path = "/path";
    batch->body.append("[");
    batch->head = 1;
    for (const auto& span : spans) {
        batch->body.append(batch->spanEnds.empty() ? span : "," + span);
        batch->spanEnds.push_back(static_cast<std::uint32_t>(batch->body.size()));
    }
    batch->body.append("]");
    return batch;
}

TEST(Batch, IsSplitIntoTwoWholeBodies) {
    const auto batch = makeBatch({"{a}", "{bb}", "{c}"});
    const auto [first, second] = split(*batch);
    EXPECT_EQ(first->body.view(), "[{a}]");
    EXPECT_EQ(second->body.view(), "[{bb},{c}]");
    EXPECT_EQ(first->spanCount(), 1U);
    EXPECT_EQ(second->spanCount(), 2U);
    EXPECT_EQ(second->path, "/path");
    const auto [third, fourth] = split(*second);
    EXPECT_EQ(third->body.view(), "[{bb}]");
    EXPECT_EQ(fourth->body.view(), "[{c}]");
}

TEST(Batch, PartsHaveIdsThatAreTheSameEachTime) {
    const auto batch = makeBatch({"{a}", "{b}"});
    const auto once = split(*batch);
    const auto again = split(*batch);
    EXPECT_EQ(once.first->id, again.first->id);
    EXPECT_EQ(once.second->id, again.second->id);
    EXPECT_NE(once.first->id, once.second->id);
    EXPECT_NE(once.first->id, batch->id);
    EXPECT_EQ(once.first->id.text()[14], '5');
    EXPECT_EQ(batch->id.text()[14], '4');
}

// The courier closes a body that is due, and with a folder that would write it.
TEST(Assembler, ClosesNothingThatWasBegunUnderAnotherConsent) {
    Config config;
    config.endpoint = "http://telemetry.example.com";
    config.consent = Consent::granted;
    const ValidConfig valid = validate(config).value();
    test::ManualDeliveryClock clock;
    Outbox outbox(config);
    Assembler assembler(valid, clock, {"text/plain", "/", [](TextBuffer&) {}}, outbox);
    const auto add = [&] {
        outbox.admit(1);
        assembler.begin(config.consent.epoch());
        assembler.opened();
        assembler.body()->append("span");
        EXPECT_TRUE(assembler.accept());
    };
    add();
    assembler.close();
    EXPECT_EQ(outbox.stats().queued, 1U);
    add();
    config.consent.set(Consent::denied);
    assembler.close();
    EXPECT_EQ(outbox.stats().queued, 1U);
    EXPECT_EQ(outbox.stats().dropped[DropReason::consentWithdrawn], 1U);
}

TEST(Batch, FitsItsStorageAndKeepsItsContent) {
    auto batch = makeBatch({"{a}"});
    static_cast<void>(batch->body.reserve(100000));
    batch->fit();
    EXPECT_EQ(batch->body.view(), "[{a}]");
    EXPECT_LT(batch->body.capacity(), 10000U);
}

TEST(Batch, KeepsStorageThatItFills) {
    auto batch = makeBatch({std::string(3000, 'a')});
    const char* const storage = batch->body.view().data();
    batch->fit();
    EXPECT_EQ(batch->body.view().data(), storage);
}

// What a burst leaves behind: storage that went back to the system and was asked for again would interrupt
// every processor of the program.
class OutboxSpares : public ::testing::Test {
protected:
    void deliver(std::size_t batches, std::size_t bytes) {
        for (std::size_t i = 0; i < batches; ++i) {
            auto batch = makeBatch({std::string(bytes, 'a')});
            outbox_.admit(1);
            outbox_.put(std::move(batch));
        }
        while (Batch* batch = outbox_.take()) outbox_.finish(*batch, 0);
    }
    std::size_t countSpares() {
        std::size_t count = 0;
        while (outbox_.spare()->body.capacity() != 0) ++count;
        return count;
    }

    Outbox outbox_{Config{}};
};

TEST_F(OutboxSpares, AreAllThatABurstTook) {
    deliver(30, 250'000);
    EXPECT_EQ(countSpares(), 30U);
}

TEST_F(OutboxSpares, AreBounded) {
    deliver(30, 1'000'000);
    EXPECT_LE(countSpares(), 17U);
}

TEST_F(OutboxSpares, AreOneHoweverLarge) {
    deliver(2, 20'000'000);
    EXPECT_EQ(countSpares(), 1U);
}

}
}
