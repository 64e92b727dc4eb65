#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <thread>

#include <gtest/gtest.h>
#include <sidespan/detail/platform.h>

namespace {

namespace platform = sidespan::detail::platform;

TEST(ThreadKey, IsTheThreadsOwnAndNeverZero) {
    const auto mine = platform::threadKey();
    EXPECT_NE(mine, 0U);
    EXPECT_EQ(platform::threadKey(), mine);
    std::uint64_t other = 0;
    std::thread([&] { other = platform::threadKey(); }).join();
    EXPECT_NE(other, 0U);
    EXPECT_NE(other, mine);
}

TEST(FillRandom, FillsAllOfIt) {
    // Longer than one system call gives.
    std::array<std::byte, 1000> first{};
    std::array<std::byte, 1000> second{};
    ASSERT_TRUE(platform::fillRandom(first));
    ASSERT_TRUE(platform::fillRandom(second));
    EXPECT_NE(first, second);
    EXPECT_TRUE(std::any_of(first.end() - 32, first.end(), [](auto byte) { return byte != std::byte{0}; }));
    EXPECT_TRUE(platform::fillRandom({}));
}

TEST(PlatformThread, IsJoinedWhereItWasMovedTo) {
    std::atomic<int> runs{0};
    {
        platform::Thread holder;
        EXPECT_FALSE(holder.isJoinable());
        holder = std::move(platform::Thread::start("first", [&] { ++runs; }).value());
        holder = std::move(platform::Thread::start("second", [&] { ++runs; }).value());
    }
    EXPECT_EQ(runs, 2);
}

TEST(TouchedMemory, IsWholePagesOfItsOwn) {
    platform::TouchedMemory memory(5000);
    EXPECT_GE(memory.bytes().size(), 5000U);
    EXPECT_EQ(memory.bytes().size() % 4096, 0U);
    EXPECT_EQ(memory.bytes()[4999], std::byte{0});
    memory.bytes()[4999] = std::byte{7};
    const platform::TouchedMemory moved = std::move(memory);
    EXPECT_EQ(moved.bytes()[4999], std::byte{7});
    EXPECT_TRUE(platform::TouchedMemory().bytes().empty());
}

}
