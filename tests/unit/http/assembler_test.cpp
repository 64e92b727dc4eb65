#include <gtest/gtest.h>

#include "batch/assembler.h"
#include "delivery/body_size_limit.h"
#include "outbox/outbox.h"
#include "support/manual_delivery_clock.h"

namespace sidespan::detail {
namespace {

class AssemblerTest : public ::testing::Test {
protected:
    AssemblerTest() {
        config_.endpoint = "http://telemetry.example.com";
        config_.consent = Consent::granted;
        config_.batch.maxBytes = 16384;
    }

    Assembler& assembler() {
        if (!assembler_) {
            valid_ = std::make_unique<ValidConfig>(validate(config_).value());
            assembler_.emplace(*valid_, clock_, format_, limit_, outbox_);
        }
        return *assembler_;
    }
    void add(const std::vector<std::string>& spans) {
        EncodedSpans encoded;
        encoded.text().append("[");
        encoded.endHead();
        for (const auto& span : spans) {
            encoded.text().append((encoded.isEmpty() ? "" : ",") + span);
            encoded.endSpan();
        }
        encoded.text().append("]");
        outbox_.admit(spans.size());
        assembler().add(encoded, config_.consent.epoch());
    }
    // Of the bodies that were handed on.
    std::vector<std::string> bodies() {
        std::vector<std::string> bodies;
        while (Batch* batch = outbox_.take()) {
            bodies.emplace_back(batch->body.view());
            outbox_.finish(*batch, 0);
        }
        return bodies;
    }

    Config config_;
    BatchDelivery::Format format_{"text/plain", "/"};
    std::unique_ptr<ValidConfig> valid_;
    test::ManualDeliveryClock clock_;
    BodySizeLimit limit_;
    Outbox outbox_{Config::Outbox{}, nullptr};
    std::optional<Assembler> assembler_;
};

// The worker closes a body that is due, and with a folder that would write it.
TEST_F(AssemblerTest, ClosesNothingThatWasBegunUnderAnotherConsent) {
    add({"span"});
    assembler().close();
    EXPECT_EQ(outbox_.stats().queued, 1U);
    add({"span"});
    config_.consent.set(Consent::denied);
    assembler().close();
    EXPECT_EQ(outbox_.stats().queued, 1U);
    EXPECT_EQ(outbox_.stats().dropped[DropReason::consentWithdrawn], 1U);
}

TEST_F(AssemblerTest, JoinsWhatComesAtOnceAndWhatComesLater) {
    add({"a", "b"});
    add({"c"});
    assembler().close();
    EXPECT_EQ(bodies(), std::vector<std::string>{"[a,b,c]"});
}

TEST_F(AssemblerTest, BeginsAnotherBodyWhereOneIsFull) {
    config_.batch.maxSpans = 2;
    add({"a", "b", "c"});
    add({"d", "e"});
    assembler().close();
    EXPECT_EQ(bodies(), (std::vector<std::string>{"[a,b]", "[c,d]", "[e]"}));
}

TEST_F(AssemblerTest, FixesTheLengthsOfEveryBody) {
    format_.fixLengths = [](char* body, std::size_t size) noexcept { *body = static_cast<char>('0' + size); };
    config_.batch.maxSpans = 4;
    add({"a", "b"});
    EXPECT_EQ(assembler().preview(), "5a,b]");
    add({"c", "d"});
    Batch* const whole = outbox_.take();
    EXPECT_EQ(whole->body.view(), "9a,b,c,d]");
    EXPECT_TRUE(outbox_.halve(*whole));
    EXPECT_EQ(bodies(), (std::vector<std::string>{"5a,b]", "5c,d]"}));
}

TEST_F(AssemblerTest, JoinsWithoutASeparatorWhereThereIsNone) {
    format_.separator = {};
    EncodedSpans encoded;
    for (const auto* span : {"a", "b"}) {
        encoded.text().append(std::string_view(span));
        encoded.endSpan();
    }
    outbox_.admit(4);
    assembler().add(encoded, config_.consent.epoch());
    assembler().add(encoded, config_.consent.epoch());
    assembler().close();
    EXPECT_EQ(bodies(), std::vector<std::string>{"abab"});
}

TEST_F(AssemblerTest, MakesNoLargerBodiesThanTheServerHasTaken) {
    const std::string span(1000, 's');
    const std::string large(9000, 'l');
    limit_.refused(10'000, clock_.now());
    add({span, span, span, span, span, large, span});
    assembler().close();
    const auto sent = bodies();
    ASSERT_EQ(sent.size(), 4U);
    EXPECT_EQ(sent[0].size(), 4005U);
    EXPECT_EQ(sent[1].size(), 1002U);
    EXPECT_EQ(sent[2].size(), 9002U) << "what may be too large for the server is sent alone";
    EXPECT_EQ(sent[3].size(), 1002U);
}

TEST(BodySizeLimit, RemembersWhatTheServerTakesForAnHour) {
    BodySizeLimit limit;
    const auto now = DeliveryClock::Time{} + std::chrono::hours{1};
    EXPECT_GT(limit.bytes(), std::size_t{1} << 30U);
    limit.refused(100'000, now);
    EXPECT_EQ(limit.bytes(), 50'000U);
    EXPECT_TRUE(limit.isTooLarge(99'000));
    EXPECT_FALSE(limit.isTooLarge(90'000)) << "that has not been tried";
    limit.refused(50'000, now);
    limit.taken(25'000);
    limit.refused(40'000, now);
    EXPECT_EQ(limit.bytes(), 25'000U);
    limit.refused(20'000, now);
    EXPECT_EQ(limit.bytes(), 10'000U);
    limit.refused(100, now);
    EXPECT_EQ(limit.bytes(), BodySizeLimit::smallest);
    limit.forgetIfOld(now + std::chrono::minutes{59});
    EXPECT_EQ(limit.bytes(), BodySizeLimit::smallest);
    limit.forgetIfOld(now + std::chrono::hours{1});
    EXPECT_FALSE(limit.isTooLarge(std::size_t{1} << 30U));
    EXPECT_GT(limit.bytes(), std::size_t{1} << 30U);
}

TEST(BodySizeLimit, HasSpansTriedAloneWhereASmallBodyWasRefusedUntilOneIsTaken) {
    BodySizeLimit limit;
    const auto now = DeliveryClock::Time{};
    limit.taken(100'000);
    limit.refused(4'000, now);
    EXPECT_TRUE(limit.isTooLarge(300));
    limit.taken(200);
    EXPECT_FALSE(limit.isTooLarge(3'000));
    EXPECT_TRUE(limit.isTooLarge(3'900));
    limit.refused(200, now);
    EXPECT_TRUE(limit.isTooLarge(300));
    limit.taken(250);
    EXPECT_FALSE(limit.isTooLarge(BodySizeLimit::smallest)) << "it takes again what it has refused";
}

}
}
