#include <sidespan_http_server/http_server.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "support/patience.h"
#include "support/sockets.h"

namespace sidespan::http_server {
namespace {

struct NoTrace final : RequestTrace {
    void bodyBegins() override {}
    void bodyEnds(std::size_t) override {}
    void end(ServerResponse&) override {}
};

// One request is under way, whose answer the application never gives.
TEST(HttpServer, SaysThatNobodyWaitsForTheAnswersAnyMore) {
    std::mutex mutex;
    std::optional<Respond> held;
    std::atomic<bool> isAsked{false};
    const auto drop = [&] {
        const std::lock_guard lock(mutex);
        held.reset();
    };
    HttpServer server({}, AccessTokens("", std::nullopt));
    server.start({.routes = {{"GET /",
                              "/",
                              reading,
                              Access::everyone,
                              {},
                              [&](const ServerRequest&, Respond respond) {
                                  const std::lock_guard lock(mutex);
                                  held = std::move(respond);
                                  isAsked = true;
                              }}},
                  .trace = [](const ServerRequest&) { return std::make_unique<NoTrace>(); },
                  .givenUp = drop});
    namespace sockets = test::sockets;
    const auto client = sockets::make();
    const auto address = sockets::loopback(server.port());
    ASSERT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    ASSERT_EQ(::send(client, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
    ASSERT_TRUE(test::eventually([&] { return isAsked.load(); }));
    auto stopped = std::async(std::launch::async, [&] { server.stop(); });
    EXPECT_EQ(stopped.wait_for(test::patience), std::future_status::ready);
    drop();
    stopped.get();
    sockets::close(client);
}

}
}
