#include <gtest/gtest.h>

#include "batch/assembler.h"
#include "outbox/outbox.h"
#include "support/manual_delivery_clock.h"

namespace sidespan::detail {
namespace {

// The worker closes a body that is due, and with a folder that would write it.
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

}
}
