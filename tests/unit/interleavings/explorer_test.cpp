// What is known of C++'s memory model, so that the explorer can be believed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "explorer.h"

namespace {

using namespace interleavings;

constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto acquire = std::memory_order_acquire;
constexpr auto release = std::memory_order_release;

using Outcomes = std::set<std::vector<std::uint64_t>>;

// Writes what a thread of it has seen.
class Litmus : public Scenario {
public:
    explicit Litmus(Outcomes& outcomes) : outcomes_(outcomes) {}
    void check() override { outcomes_.insert(seen_); }

protected:
    std::vector<std::uint64_t> seen_ = std::vector<std::uint64_t>(4);

private:
    Outcomes& outcomes_;
};

template <class S>
Outcomes outcomesOf(const Options& options = {}, std::uint64_t* executions = nullptr) {
    Outcomes outcomes;
    const Result result = explore([&] { return std::make_unique<S>(outcomes); }, options);
    EXPECT_EQ(result.violation, "");
    if (executions) *executions = result.executions;
    return outcomes;
}

class MessagePassing : public Scenario {
public:
    std::size_t threads() const override { return 2; }
    void run(std::size_t thread) override {
        if (thread == 0) {
            message_ = 7;
            isSent_.store(true, release);
        } else if (isSent_.load(acquire)) {
            Explorer::running().expect(message_ == 7, "the message is lost");
        }
    }

private:
    Plain<int> message_;
    Atomic<bool> isSent_{false};
};

TEST(Explorer, FindsNothingWhereAMessageIsReleasedAndAcquired) {
    const Result result = explore<MessagePassing>();
    EXPECT_EQ(result.violation, "");
    EXPECT_EQ(result.sites.size(), 2U);
}

TEST(Explorer, FindsTheRaceWhereEitherIsRelaxed) {
    for (const Site& site : explore<MessagePassing>().sites)
        EXPECT_EQ(explore<MessagePassing>(relaxedAt(site)).violation, "a read races with a write")
            << site.function;
}

class StoreBuffering : public Litmus {
public:
    using Litmus::Litmus;
    std::size_t threads() const override { return 2; }
    void run(std::size_t thread) override {
        flags_[thread].store(1, release);
        seen_[thread] = flags_[1 - thread].load(acquire);
    }

private:
    Atomic<std::uint64_t> flags_[2] = {0, 0};
};

TEST(Explorer, LetsALoadPassAStoreToAnotherObject) {
    EXPECT_EQ(outcomesOf<StoreBuffering>(),
              (Outcomes{{0, 0, 0, 0}, {0, 1, 0, 0}, {1, 0, 0, 0}, {1, 1, 0, 0}}));
}

class Coherence : public Litmus {
public:
    using Litmus::Litmus;
    std::size_t threads() const override { return 2; }
    void run(std::size_t thread) override {
        if (thread == 0) {
            number_.store(1, relaxed);
            number_.store(2, relaxed);
        } else {
            seen_[0] = number_.load(relaxed);
            seen_[1] = number_.load(relaxed);
        }
    }

private:
    Atomic<std::uint64_t> number_{0};
};

TEST(Explorer, LetsNoThreadSeeAnObjectGoBack) {
    EXPECT_EQ(outcomesOf<Coherence>(),
              (Outcomes{{0, 0, 0, 0}, {0, 1, 0, 0}, {0, 2, 0, 0}, {1, 1, 0, 0}, {1, 2, 0, 0}, {2, 2, 0, 0}}));
}

// Two threads that write, and two that may see it in another order each.
class IndependentReads : public Litmus {
public:
    using Litmus::Litmus;
    std::size_t threads() const override { return 3; }
    void run(std::size_t thread) override {
        if (thread == 0) {
            first_.store(1, release);
            seen_[0] = second_.load(acquire);
        } else if (thread == 1) {
            second_.store(1, release);
        } else {
            seen_[1] = second_.load(acquire);
            seen_[2] = first_.load(acquire);
        }
    }

private:
    Atomic<std::uint64_t> first_{0};
    Atomic<std::uint64_t> second_{0};
};

TEST(Explorer, LosesNoOutcomeByLeavingOutWhatIsEquivalent) {
    Options everything;
    everything.skipsEquivalent = false;
    std::uint64_t some = 0;
    std::uint64_t all = 0;
    EXPECT_EQ(outcomesOf<IndependentReads>({}, &some), outcomesOf<IndependentReads>(everything, &all));
    EXPECT_LT(some, all);
    EXPECT_EQ(outcomesOf<Coherence>(), outcomesOf<Coherence>(everything));
}

TEST(Explorer, LetsTwoReadersSeeTwoWritersInAnotherOrder) {
    EXPECT_TRUE(outcomesOf<IndependentReads>().contains({0, 1, 0, 0}));
}

class Counting : public Litmus {
public:
    using Litmus::Litmus;
    std::size_t threads() const override { return 3; }
    void run(std::size_t thread) override { seen_[thread] = count_.fetch_add(1, relaxed); }
    void check() override {
        seen_[3] = count_.load(relaxed);
        std::sort(seen_.begin(), seen_.end());
        Litmus::check();
    }

private:
    Atomic<std::uint64_t> count_{0};
};

TEST(Explorer, LosesNoReadModifyWrite) {
    EXPECT_EQ(outcomesOf<Counting>(), (Outcomes{{0, 1, 2, 3}}));
}

class ReleaseSequence : public Scenario {
public:
    std::size_t threads() const override { return 3; }
    void run(std::size_t thread) override {
        if (thread == 0) {
            message_ = 7;
            count_.store(1, release);
        } else if (thread == 1) {
            count_.fetch_add(1, relaxed);
        } else if (count_.load(acquire) == 2) {
            Explorer::running().expect(message_ == 7, "the message is lost");
        }
    }

private:
    Plain<int> message_;
    Atomic<std::uint64_t> count_{0};
};

TEST(Explorer, CarriesAReleaseThroughAReadModifyWrite) {
    EXPECT_EQ(explore<ReleaseSequence>().violation, "");
}

class Overwriting : public Scenario {
public:
    std::size_t threads() const override { return 2; }
    void run(std::size_t thread) override {
        if (thread == 0) {
            static_cast<void>(number_ == 1);
            isRead_.store(true, release);
        } else if (isRead_.load(acquire)) {
            number_ = 2;
        }
    }

private:
    Plain<int> number_;
    Atomic<bool> isRead_{false};
};

TEST(Explorer, FindsAWriteThatRacesWithARead) {
    EXPECT_EQ(explore<Overwriting>().violation, "");
    for (const Site& site : explore<Overwriting>().sites)
        EXPECT_EQ(explore<Overwriting>(relaxedAt(site)).violation, "a write races with another access");
}

}
