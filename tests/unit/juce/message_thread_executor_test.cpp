#include <sidespan/juce/message_thread_executor.h>

#include <optional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <juce_events/juce_events.h>

#include <sidespan/network/network_client.h>

#include "support/fault_server.h"

namespace sidespan::test {
namespace {

// The test's thread is the message thread.
class MessageThreadExecutorTest : public ::testing::Test {
protected:
    // What was posted before it is called, and what that posts until stop() is reached.
    static void dispatch() { juce::MessageManager::getInstance()->runDispatchLoop(); }
    static void stop() { juce::MessageManager::getInstance()->stopDispatchLoop(); }
    static void stopAfterWhatWaits() {
        juce::MessageManager::callAsync([] { stop(); });
    }

    std::optional<juce::ScopedJuceInitialiser_GUI> juce_{std::in_place};
    std::optional<MessageThreadExecutor> messageThread_{std::in_place};
};

TEST_F(MessageThreadExecutorTest, RunsOnTheMessageThreadInOrder) {
    std::vector<int> ran;
    std::vector<std::thread::id> on;
    std::thread([&, run = messageThread_->executor()] {
        for (int i = 0; i < 100; ++i) {
            run([&, i] {
                ran.push_back(i);
                on.push_back(std::this_thread::get_id());
            });
        }
    }).join();
    stopAfterWhatWaits();
    EXPECT_TRUE(ran.empty());
    dispatch();
    ASSERT_EQ(ran.size(), 100U);
    EXPECT_TRUE(std::ranges::is_sorted(ran));
    EXPECT_EQ(std::ranges::count(on, std::this_thread::get_id()), 100);
}

TEST_F(MessageThreadExecutorTest, DropsWhatWaitsWhenItsOwnerGoes) {
    bool hasRun = false;
    const auto run = messageThread_->executor();
    run([&] { hasRun = true; });
    messageThread_.reset();
    run([&] { hasRun = true; });
    stopAfterWhatWaits();
    dispatch();
    EXPECT_FALSE(hasRun);
}

TEST_F(MessageThreadExecutorTest, LetsItsOwnerGoWhileOneOfItsFunctionsRuns) {
    int ran = 0;
    const auto run = messageThread_->executor();
    run([&] {
        ++ran;
        messageThread_.reset();
    });
    run([&] { ++ran; });
    stopAfterWhatWaits();
    dispatch();
    EXPECT_EQ(ran, 1);
}

TEST_F(MessageThreadExecutorTest, DropsWhatComesAfterTheMessageLoopIsGone) {
    const auto held = std::make_shared<int>(1);
    const auto run = messageThread_->executor();
    run([held] {});
    messageThread_.reset();
    juce_.reset();
    run([held] { FAIL(); });
    EXPECT_EQ(held.use_count(), 1);
}

TEST_F(MessageThreadExecutorTest, BindsAFunctionWithItsArguments) {
    std::string said;
    const auto say = messageThread_->bind([&](const std::string& what, int times) {
        for (int i = 0; i < times; ++i) said += what;
    });
    std::thread([say] { say(std::string("la"), 3); }).join();
    stopAfterWhatWaits();
    dispatch();
    EXPECT_EQ(said, "lalala");
}

TEST_F(MessageThreadExecutorTest, BringsAnswersOfTheNetworkToTheMessageThread) {
    FaultServer server;
    NetworkClient client(
        {.service = {"LoopShare", "1.2.0"}, .endpoint = server.url(), .consent = Consent::granted},
        messageThread_->executor());
    std::thread::id on;
    client.post("/api/v1/loops", "{}", {}, [&](const Outcome<HttpResponse>& response) {
        EXPECT_TRUE(response.isSuccess());
        on = std::this_thread::get_id();
        stop();
    });
    dispatch();
    EXPECT_EQ(on, std::this_thread::get_id());
}

}
}
