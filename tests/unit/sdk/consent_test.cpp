#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/consent.h>

namespace {

using sidespan::Consent;
using ::testing::ElementsAre;

TEST(Consent, IsUnknownUntilItIsGiven) {
    const Consent consent;
    EXPECT_EQ(consent.state(), Consent::unknown);
    EXPECT_FALSE(consent.isGranted());
    EXPECT_TRUE(Consent(Consent::granted).isGranted());
}

TEST(Consent, IsTheSameInEveryCopy) {
    Consent consent;
    const Consent copy = consent;
    consent.set(Consent::granted);
    EXPECT_TRUE(copy.isGranted());
    EXPECT_EQ(copy.epoch(), consent.epoch());
}

TEST(Consent, ChangesItsEpochWithEveryChangeAndWithNothingElse) {
    Consent consent;
    const auto first = consent.epoch();
    consent.set(Consent::unknown);
    EXPECT_EQ(consent.epoch(), first);
    consent.set(Consent::granted);
    const auto second = consent.epoch();
    EXPECT_NE(second, first);
    consent.set(Consent::granted);
    EXPECT_EQ(consent.epoch(), second);
    consent.set(Consent::denied);
    EXPECT_NE(consent.epoch(), second);
    EXPECT_NE(consent.epoch(), first);
}

TEST(Consent, AllowsOnlyWhatBeganUnderTheConsentThatIsGranted) {
    Consent consent;
    EXPECT_FALSE(consent.allows({}));
    EXPECT_FALSE(consent.allows(consent.epoch()));
    EXPECT_FALSE(consent.grantedEpoch().isValid());
    consent.set(Consent::granted);
    const auto first = consent.grantedEpoch();
    EXPECT_EQ(first, consent.epoch());
    EXPECT_TRUE(consent.allows(first));
    EXPECT_FALSE(consent.allows({}));
    consent.set(Consent::denied);
    EXPECT_FALSE(consent.allows(first));
    EXPECT_FALSE(consent.allows(consent.epoch()));
    consent.set(Consent::granted);
    EXPECT_FALSE(consent.allows(first));
    EXPECT_TRUE(consent.allows(consent.epoch()));
    EXPECT_TRUE(Consent(Consent::granted).grantedEpoch().isValid());
}

TEST(Consent, IsReadFromTheTextThatItsStateIsWrittenAs) {
    for (const auto state : {Consent::unknown, Consent::granted, Consent::denied})
        EXPECT_EQ(Consent::fromString(toString(state)), state);
    for (const auto* text : {"", "Granted", "granted ", "yes", "1"})
        EXPECT_EQ(Consent::fromString(text), Consent::unknown) << text;
}

TEST(JoinedConsent, IsDeniedWhileAnyIsDenied) {
    Consent joined(Consent::granted);
    Consent other(Consent::granted);
    joined.join(other);
    EXPECT_EQ(joined.state(), Consent::granted);
    other.set(Consent::denied);
    EXPECT_EQ(joined.state(), Consent::denied);
    joined.set(Consent::granted);
    EXPECT_EQ(joined.state(), Consent::denied);
    other.set(Consent::granted);
    EXPECT_EQ(joined.state(), Consent::granted);
    joined.set(Consent::denied);
    other.set(Consent::granted);
    EXPECT_EQ(joined.state(), Consent::denied);
    EXPECT_EQ(other.state(), Consent::granted);
}

TEST(JoinedConsent, IsNotChangedByOneThatIsUnknown) {
    for (const auto state : {Consent::unknown, Consent::granted, Consent::denied}) {
        Consent joined(state);
        const auto epoch = joined.epoch();
        Consent other;
        joined.join(other);
        EXPECT_EQ(joined.state(), state);
        EXPECT_EQ(joined.epoch(), epoch);
        other.set(Consent::unknown);
        EXPECT_EQ(joined.epoch(), epoch);
    }
}

TEST(JoinedConsent, IsGrantedByAnyWhileNoneIsDenied) {
    Consent joined;
    Consent other;
    joined.join(other);
    other.set(Consent::granted);
    EXPECT_EQ(joined.state(), Consent::granted);
    other.set(Consent::unknown);
    EXPECT_EQ(joined.state(), Consent::unknown);
}

TEST(JoinedConsent, KeepsWhatItWasToldByOneThatNobodyHolds) {
    Consent joined;
    joined.join(Consent(Consent::granted));
    joined.join(Consent());
    EXPECT_EQ(joined.state(), Consent::granted);
    joined.join(Consent(Consent::denied));
    joined.join(Consent(Consent::granted));
    joined.join(Consent());
    EXPECT_EQ(joined.state(), Consent::denied);
    joined.set(Consent::granted);
    EXPECT_EQ(joined.state(), Consent::granted);
}

TEST(JoinedConsent, TellsItsObserversOfTheOthersChanges) {
    Consent joined(Consent::granted);
    std::vector<Consent::State> told;
    const auto watch = joined.observe([&](Consent::State state) { told.push_back(state); });
    Consent other(Consent::denied);
    joined.join(other);
    joined.join(other);
    other.set(Consent::granted);
    other.set(Consent::granted);
    EXPECT_THAT(told, ElementsAre(Consent::denied, Consent::granted));
}

TEST(JoinedConsent, MayBeJoinedToEachOtherAndChangedAtATime) {
    Consent one(Consent::granted);
    Consent two(Consent::granted);
    one.join(two);
    two.join(one);
    one.join(one);
    const auto toggle = [](Consent consent) {
        for (int i = 0; i < 500; ++i) consent.set(i % 2 == 0 ? Consent::denied : Consent::granted);
    };
    std::thread first(toggle, one);
    std::thread second(toggle, two);
    first.join();
    second.join();
    EXPECT_EQ(one.state(), Consent::granted);
    EXPECT_EQ(two.state(), Consent::granted);
    one.set(Consent::denied);
    EXPECT_EQ(two.state(), Consent::denied);
}

TEST(Consent, TellsItsObserversBeforeItReturns) {
    Consent consent;
    std::vector<Consent::State> first;
    std::vector<Consent::State> second;
    const auto one = consent.observe([&](Consent::State state) { first.push_back(state); });
    const auto two = consent.observe([&](Consent::State state) { second.push_back(state); });
    consent.set(Consent::granted);
    consent.set(Consent::granted);
    consent.set(Consent::denied);
    EXPECT_THAT(first, ElementsAre(Consent::granted, Consent::denied));
    EXPECT_EQ(first, second);
}

TEST(Consent, TellsAllItsObserversThoughOneThrows) {
    Consent consent(Consent::granted);
    std::vector<Consent::State> told;
    const auto empty = consent.observe({});
    const auto bad =
        consent.observe([](Consent::State) { throw std::runtime_error("the observer's own trouble"); });
    const auto good = consent.observe([&](Consent::State state) { told.push_back(state); });
    consent.set(Consent::denied);
    EXPECT_EQ(consent.state(), Consent::denied);
    EXPECT_THAT(told, ElementsAre(Consent::denied));
}

TEST(Consent, ShowsObserversTheStateTheyAreTold) {
    Consent consent;
    std::optional<Consent::State> seen;
    const auto watch = consent.observe([&](Consent::State) { seen = consent.state(); });
    consent.set(Consent::granted);
    EXPECT_EQ(seen, Consent::granted);
}

TEST(ConsentSubscription, EndsWithItsObject) {
    Consent consent;
    int calls = 0;
    {
        const auto watch = consent.observe([&](Consent::State) { ++calls; });
        consent.set(Consent::granted);
    }
    consent.set(Consent::denied);
    EXPECT_EQ(calls, 1);
}

TEST(ConsentSubscription, LivesWhereItWasMovedTo) {
    Consent consent;
    int first = 0;
    int second = 0;
    auto watch = consent.observe([&](Consent::State) { ++first; });
    auto moved = std::move(watch);
    consent.set(Consent::granted);
    EXPECT_EQ(first, 1);
    moved = consent.observe([&](Consent::State) { ++second; });
    consent.set(Consent::denied);
    EXPECT_EQ(first, 1);
    EXPECT_EQ(second, 1);
    moved = {};
    consent.set(Consent::granted);
    EXPECT_EQ(second, 1);
}

TEST(ConsentSubscription, OutlivesTheConsentItCameFrom) {
    std::optional<Consent> consent(Consent::unknown);
    auto watch = consent->observe([](Consent::State) {});
    consent.reset();
    watch = {};
}

TEST(Consent, IsReadAndChangedFromSeveralThreads) {
    Consent consent;
    std::atomic<bool> isOver{false};
    int calls = 0;
    const auto before = consent.epoch();
    const auto watch = consent.observe([&](Consent::State) { ++calls; });
    std::thread reader([&] {
        while (!isOver) static_cast<void>(consent.isGranted() && consent.epoch().isValid());
    });
    std::thread subscriber([&] {
        while (!isOver) static_cast<void>(consent.observe([](Consent::State) {}));
    });
    for (int i = 0; i < 500; ++i) consent.set(i % 2 == 0 ? Consent::granted : Consent::denied);
    isOver = true;
    reader.join();
    subscriber.join();
    EXPECT_EQ(calls, 500);
    EXPECT_EQ(consent.epoch().number(), before.number() + 500U);
}

}
