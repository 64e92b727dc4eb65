#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/lock/spin_lock.h>

namespace {

TEST(SpinLock, IsHeldByOneAtATime) {
    sidespan::SpinLock lock;
    EXPECT_TRUE(lock.try_lock());
    EXPECT_FALSE(lock.try_lock());
    lock.unlock();
    EXPECT_TRUE(lock.try_lock());
    lock.unlock();
}

TEST(SpinLock, GuardsWhatSeveralThreadsChange) {
    sidespan::SpinLock lock;
    int sum = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 10'000; ++k) {
                const std::lock_guard guard(lock);
                ++sum;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(sum, 40'000);
}

TEST(NullLock, IsAlwaysFree) {
    sidespan::NullLock lock;
    const std::lock_guard guard(lock);
    EXPECT_TRUE(lock.try_lock());
}

}
