#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <sidespan/network/network_client.h>

#include "support/error_log.h"
#include "support/manual_delivery_clock.h"
#include "support/patience.h"
#include "support/scripted_transport.h"

namespace sidespan::test {

/// A client over a scripted transport, with time that leaps over every backoff.
class NetworkClientTest : public ::testing::Test {
protected:
    using Result = Outcome<HttpResponse>;

    NetworkClientTest() {
        config_.endpoint = "http://telemetry.example.com/base/";
        config_.consent = Consent::granted;
        config_.onError = log_.handler();
    }

    NetworkClient& client() {
        if (!client_) {
            client_.emplace(config_,
                            NetworkClient::Parts{
                                .executor = executor_, .transport = script_.transport(), .clock = clock_});
        }
        return *client_;
    }

    std::future<Result> post(std::string body = "[]", NetworkClient::Headers headers = {}) {
        auto promise = std::make_shared<std::promise<Result>>();
        auto future = promise->get_future();
        client().post("/path", std::move(body), std::move(headers),
                      [promise](const auto& outcome) { promise->set_value(outcome); });
        return future;
    }

    static Result get(std::future<Result> future) {
        if (future.wait_for(patience) != std::future_status::ready)
            return Error{ErrorCode::timeout, "no callback"};
        return future.get();
    }

    ErrorLog log_;
    Config config_;
    Executor executor_;
    TransportScript script_;
    std::shared_ptr<ManualDeliveryClock> clock_ =
        std::make_shared<ManualDeliveryClock>(ManualDeliveryClock::Mode::leaping);
    std::optional<NetworkClient> client_;
};

}
