#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "post_queue.h"

namespace sidespan::detail {
namespace {

class PostQueueTest : public ::testing::Test {
protected:
    // Counts those that fail as cancelled.
    void add() {
        Post post{.method = "POST",
                  .path = "/path",
                  .body = {},
                  .headers = {},
                  .callback = {},
                  .consentEpoch = config_->consent.epoch(),
                  .backoff = Backoff(config_->retry)};
        post.callback = [this](const auto& outcome) {
            if (outcome.error().code == ErrorCode::cancelled) ++cancelled_;
        };
        ASSERT_FALSE(queue_.add(std::move(post)));
    }

    // Sleeps only where others need the processor: what follows then comes at the same moment.
    static void rest() noexcept {
        thread_local unsigned looks = 0;
        if (++looks % 4096 == 0) std::this_thread::yield();
    }

    [[nodiscard]] bool take() {
        auto askAgain = DeliveryClock::Time::max();
        return queue_.next(clock_.now(), askAgain).has_value();
    }

    const ValidConfig config_ = validate({.consent = Consent::granted}).value();
    DeliveryClock clock_;
    Callbacks callbacks_{{}};
    PostQueue queue_{config_, clock_, callbacks_};
    std::atomic<int> cancelled_{0};
};

TEST_F(PostQueueTest, CancelMeansAPostThatIsTakenAtThatMoment) {
    constexpr int rounds = 20'000;
    std::atomic<int> begun{0};
    std::atomic<int> done{0};
    // The worker's thread takes the one post, if it comes in time, and has it interrupted.
    std::thread worker([&] {
        for (int i = 1; i <= rounds; ++i) {
            while (begun.load() < i) rest();
            const bool isTaken = take();
            while (done.load() < i) rest();
            if (isTaken)
                queue_.finish({.status = DeliveryStatus::cancelled, .error = {ErrorCode::network, "late"}});
            begun = -i;
        }
    });
    int missed = 0;
    for (int i = 1; i <= rounds; ++i) {
        add();
        begun = i;
        for (int look = i % 1000; look > 0; --look) static_cast<void>(begun.load());
        queue_.cancel({ErrorCode::cancelled, "cancelled"});
        done = i;
        while (begun.load() != -i) rest();
        if (cancelled_.exchange(0) == 1) continue;
        ++missed;
        queue_.cancel({ErrorCode::cancelled, "again"});
        cancelled_ = 0;
    }
    worker.join();
    EXPECT_EQ(missed, 0);
}

}
}
