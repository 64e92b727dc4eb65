#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <loop_service/loop_service.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "collector_fixture.h"

/// Loop Share's backend and a collector in the test's process: the one sends its spans to the other.
namespace sidespan::collector::testing {

class LoopServiceTest : public CollectorTest {
protected:
    static constexpr std::string_view signInPath = "/api/v1/auth/sign-in";
    static constexpr std::string_view refreshPath = "/api/v1/auth/refresh";
    static constexpr std::string_view uploadPath = "/api/v1/audio/upload";
    static constexpr std::string_view loopsPath = "/api/v1/audio/loops";

    LoopServiceTest() {
        serviceOptions_.database = directory_ / "loops.db";
        serviceOptions_.users = {{"ann", "secret of ann"}, {"bob", "secret of bob"}};
        serviceOptions_.tokenLifetime = std::chrono::seconds(600);
        serviceOptions_.tokenClock = options_.tokenClock = [this] { return now_.load(); };
        serviceOptions_.userTokens = options_.userTokens =
            http_server::TokenSigner("the key that both servers have");
        serviceOptions_.onError = [](std::string_view message) {
            ADD_FAILURE() << "loop service: " << message;
        };
    }
    ~LoopServiceTest() override { service_.reset(); }

    /// The collector, and the service that is traced there.
    void startBoth() {
        CollectorTest::start();
        serviceOptions_.telemetry = {collector_->url(), options_.token};
        startService();
    }
    void startService() { service_ = std::make_unique<loop_service::LoopService>(serviceOptions_); }
    [[nodiscard]] Client connectToService() const { return Client(service_->port()); }

    static Client::Response signIn(Client& client, std::string_view user, std::string_view password,
                                   Headers headers = {}) {
        headers.emplace("Content-Type", "application/json");
        auto body = boost::json::serialize(boost::json::object{{"user", user}, {"password", password}});
        return client.post(signInPath, body, headers);
    }
    static Headers bearer(const boost::json::object& grant, Headers headers = {}) {
        headers["Authorization"] = "Bearer " + std::string(grant.at("token").as_string());
        return headers;
    }
    static Headers signedIn(Client& client, std::string_view user = "ann") {
        return bearer(parse(signIn(client, user, fmt::format("secret of {}", user))));
    }
    static Client::Response upload(Client& client, std::string body, std::string name, Headers headers = {}) {
        headers.emplace("Content-Type", "audio/flac");
        if (!name.empty()) headers["X-File-Name"] = std::move(name);
        return client.post(uploadPath, std::move(body), headers);
    }
    static boost::json::array loops(Client& client, const Headers& headers = {}) {
        return parse(client.get(loopsPath, headers)).at("loops").as_array();
    }
    static std::string idOf(const Client::Response& response) {
        return std::string(parse(response).at("id").as_string());
    }
    /// What the collector has of a trace, once the service has delivered its spans.
    boost::json::object tracedAt(std::string_view id = traceA) {
        EXPECT_TRUE(service_->flush(std::chrono::seconds(20)));
        auto response = connect().get(fmt::format("/api/v1/traces/{}", id));
        EXPECT_EQ(response.status, 200) << response.body;
        return parse(response);
    }

    std::atomic<std::chrono::system_clock::time_point> now_{
        std::chrono::system_clock::time_point(std::chrono::hours(1))};
    const Headers context_{{"X-Trace-ID", std::string(traceA)}, {"X-Span-ID", "00000000000000aa"}};
    loop_service::LoopServiceOptions serviceOptions_;
    std::unique_ptr<loop_service::LoopService> service_;
};

}
