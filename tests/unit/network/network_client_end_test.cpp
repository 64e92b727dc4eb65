#include <filesystem>
#include <functional>
#include <stdexcept>
#include <vector>

#include "network_client_fixture.h"
#include "support/fault_server.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

TEST_F(NetworkClientTest, RunsCallbacksOnTheExecutor) {
    std::promise<std::function<void()>> handedOver;
    executor_ = [&](std::function<void()> task) { handedOver.set_value(std::move(task)); };
    auto future = post();
    const auto task = handedOver.get_future().get();
    EXPECT_EQ(future.wait_for(0s), std::future_status::timeout);
    task();
    EXPECT_TRUE(get(std::move(future)).isSuccess());
}

TEST_F(NetworkClientTest, NoCallbackRunsAfterShutdownHasReturned) {
    std::promise<std::function<void()>> handedOver;
    executor_ = [&](std::function<void()> task) { handedOver.set_value(std::move(task)); };
    bool wasCalled = false;
    client().post("/path", "", {}, [&](const auto&) { wasCalled = true; });
    const auto task = handedOver.get_future().get();
    client().shutdown(deadlineIn(10s));
    client_.reset();
    task();
    EXPECT_FALSE(wasCalled);
}

TEST_F(NetworkClientTest, ShutdownGivesUpAtItsDeadlineAndSaysSo) {
    FaultServer server;
    server.otherwise(faults::silent());
    config_.endpoint = server.url();
    config_.http.requestTimeout = beyondPatience;
    NetworkClient real(config_);
    std::promise<Result> first;
    std::promise<Result> second;
    real.post("/path", "1", {}, [&](const auto& outcome) { first.set_value(outcome); });
    real.post("/path", "2", {}, [&](const auto& outcome) { second.set_value(outcome); });
    ASSERT_TRUE(server.waitForRequests(1));
    EXPECT_TRUE(endsInTime([&] { EXPECT_FALSE(real.shutdown(deadlineIn(100ms))); }));
    EXPECT_EQ(get(first.get_future()).error().code, ErrorCode::cancelled);
    EXPECT_EQ(get(second.get_future()).error().code, ErrorCode::cancelled);
}

TEST_F(NetworkClientTest, ShutdownWaitsForWhatCanBeSent) {
    auto future = post();
    EXPECT_TRUE(client().shutdown(deadlineIn(10s)));
    EXPECT_TRUE(get(std::move(future)).isSuccess());
}

TEST_F(NetworkClientTest, TakesNothingAfterShutdown) {
    EXPECT_TRUE(client().shutdown(deadlineIn(10s)));
    bool wasCalled = false;
    client().post("/path", "", {}, [&](const auto&) { wasCalled = true; });
    client_.reset();
    EXPECT_FALSE(wasCalled);
    EXPECT_TRUE(script_.sent().empty());
}

TEST_F(NetworkClientTest, RefusesWhatIsTooMuchToWait) {
    std::promise<void> go;
    script_.then([&](const HttpRequest&, Cancellation&) -> Result {
        go.get_future().wait();
        return HttpResponse{.status = 200};
    });
    auto underWay = post();
    ASSERT_TRUE(script_.waitForSent(1));
    auto large = post(std::string(std::size_t{64} << 20U, 'x'));
    EXPECT_EQ(get(post()).error().code, ErrorCode::resource);
    std::vector<std::future<Result>> many;
    for (int i = 1; i < 1000; ++i) many.push_back(post(""));
    EXPECT_EQ(get(post("")).error().code, ErrorCode::resource);
    go.set_value();
    EXPECT_TRUE(get(std::move(underWay)).isSuccess());
    EXPECT_TRUE(get(std::move(large)).isSuccess());
    for (auto& one : many) EXPECT_TRUE(get(std::move(one)).isSuccess());
    EXPECT_TRUE(get(post()).isSuccess());
}

TEST_F(NetworkClientTest, MayBeShutDownByItsOwnCallback) {
    std::promise<Result> later;
    std::promise<bool> done;
    script_.then([&](const HttpRequest&, Cancellation&) -> Result {
        client_->post("/path", "2", {}, [&](const auto& outcome) { later.set_value(outcome); });
        return HttpResponse{.status = 200};
    });
    client().post("/path", "1", {}, [&](const auto&) { done.set_value(client_->shutdown(deadlineIn(0ms))); });
    EXPECT_FALSE(done.get_future().get());
    EXPECT_EQ(get(later.get_future()).error().code, ErrorCode::cancelled);
}

TEST_F(NetworkClientTest, MayBeShutDownByItsOwnTokenProvider) {
    config_.token = "old";
    config_.tokenProvider = [&] {
        client_->shutdown(deadlineIn(0ms));
        return std::string("fresh");
    };
    script_.then(401).then([](const HttpRequest&, Cancellation& cancellation) -> Result {
        EXPECT_TRUE(cancellation.isCancelled());
        return Error{ErrorCode::cancelled, "interrupted"};
    });
    static_cast<void>(post());
    ASSERT_TRUE(script_.waitForSent(2));
    EXPECT_TRUE(client().shutdown(deadlineIn(patience))) << "the post is kept, though nothing sends it";
}

TEST_F(NetworkClientTest, CancelEndsEveryRequestButNotTheClient) {
    clock_ = std::make_shared<ManualDeliveryClock>();
    script_.then(503, {{"Retry-After", "60"}});
    auto future = post();
    ASSERT_TRUE(script_.waitForSent(1));
    client().cancel();
    EXPECT_EQ(get(std::move(future)).error().code, ErrorCode::cancelled);
    EXPECT_TRUE(get(post()).isSuccess());
}

// Its one request is interrupted after it was given and before it is sent.
class InterruptedSource final : public detail::RequestSource {
public:
    InterruptedSource(detail::RequestRunner& runner, ConsentEpoch epoch) : runner_(runner), epoch_(epoch) {}

    std::optional<detail::OutgoingRequest> next(DeliveryClock::Time, DeliveryClock::Time&) override {
        if (std::exchange(wasAsked_, true)) return std::nullopt;
        runner_.interrupt();
        return detail::OutgoingRequest{
            .path = "/path", .headers = {}, .body = {}, .gzip = false, .consentEpoch = epoch_};
    }
    void finish(detail::DeliveryResult result) override { status_.set_value(result.status); }
    void abandon() override {}

    [[nodiscard]] std::future<detail::DeliveryStatus> status() { return status_.get_future(); }

private:
    detail::RequestRunner& runner_;
    const ConsentEpoch epoch_;
    bool wasAsked_ = false;
    std::promise<detail::DeliveryStatus> status_;
};

TEST_F(NetworkClientTest, InterruptsARequestThatIsAboutToBeSent) {
    script_.then([](const HttpRequest&, Cancellation& cancellation) -> Result {
        if (cancellation.isCancelled()) return Error{ErrorCode::cancelled, "interrupted"};
        return HttpResponse{.status = 200};
    });
    auto& runner = client().runner();
    InterruptedSource source(runner, config_.consent.epoch());
    auto status = source.status();
    runner.attach(source);
    ASSERT_TRUE(runner.wake());
    ASSERT_EQ(status.wait_for(patience), std::future_status::ready);
    EXPECT_EQ(status.get(), detail::DeliveryStatus::cancelled);
    client_.reset();
}

TEST_F(NetworkClientTest, APostAfterACancelIsSentAgainIfTheCancelInterruptedIt) {
    script_.then([](const HttpRequest&, Cancellation&) -> Result {
        return Error{ErrorCode::cancelled, "by a cancel() before the post"};
    });
    EXPECT_TRUE(get(post()).isSuccess());
    EXPECT_EQ(script_.sent().size(), 2U);
}

TEST_F(NetworkClientTest, ACallbackThatThrowsEndsNothing) {
    client().post("/path", "", {}, [](const auto&) { throw std::runtime_error("the user's"); });
    EXPECT_TRUE(get(post()).isSuccess());
}

TEST_F(NetworkClientTest, AnUnusedClientStartsNoThread) {
    const auto threads = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                             std::filesystem::directory_iterator());
    };
    const auto before = threads();
    client();
    EXPECT_EQ(threads(), before);
    client_.reset();
}

}
}
