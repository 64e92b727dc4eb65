#include <chrono>
#include <future>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <sidespan/http_curl/curl_transport.h>
#include <sidespan/network/network_client.h>

#include "support/fault_server.h"
#include "support/patience.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\n";

/// A malformed answer, and what comes of it: a status, or a failure.
struct Hostile {
    std::string name;
    Behaviour behaviour;
    std::optional<int> status{};
    ErrorCode failure = ErrorCode::network;

    friend void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }
};

/// Says something, and holds the connection open.
Behaviour say(std::string text) {
    return [text](Exchange& exchange) {
        if (exchange.read() && exchange.write(text)) exchange.hold();
    };
}

/// Says something, and closes.
Behaviour sayAndClose(std::string text) {
    return [text](Exchange& exchange) {
        if (exchange.read()) exchange.write(text);
        exchange.close();
    };
}

/// Says something, and then the same again and again for as long as anybody listens.
Behaviour sayForEver(std::string first, std::string again) {
    return [first, again](Exchange& exchange) {
        if (!exchange.read() || !exchange.write(first)) return;
        while (exchange.write(again)) {
        }
    };
}

std::string with(std::string_view headers, std::string_view body = {}) {
    return std::string(ok) + std::string(headers) + "\r\n\r\n" + std::string(body);
}

class HostileAnswer : public testing::TestWithParam<Hostile> {};

TEST_P(HostileAnswer, ComesToAnEndThatIsKnown) {
    FaultServer server;
    server.otherwise(GetParam().behaviour);
    HttpRequest request;
    request.url = server.url() + "/path";
    request.headers = {{"Authorization", "Bearer secret-token"}};
    request.body = "[]";
    const bool isForTheTimeout = GetParam().failure == ErrorCode::timeout;
    request.totalTimeout = isForTheTimeout ? 2s : beyondPatience;
    request.idleTimeout = isForTheTimeout ? 500ms : beyondPatience;
    request.maxResponseBytes = 64U << 10U;
    CurlTransport transport(CurlTransport::Options{});
    transport.prepare();
    Cancellation cancellation;
    Outcome<HttpResponse> outcome = HttpResponse{};
    EXPECT_TRUE(endsInTime([&] { outcome = transport.send(request, cancellation); }));
    if (GetParam().status) {
        ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
        EXPECT_EQ(outcome.value().status, *GetParam().status);
        EXPECT_LE(outcome.value().body.size(), request.maxResponseBytes);
    } else {
        ASSERT_FALSE(outcome.isSuccess()) << outcome.value().status << " " << outcome.value().body;
        EXPECT_EQ(outcome.error().code, GetParam().failure) << outcome.error().message;
        EXPECT_EQ(outcome.error().message.find("secret-token"), std::string::npos);
    }
    // Whatever it was, the next request of the same transport is a good one.
    FaultServer good;
    request.url = good.url() + "/path";
    request.totalTimeout = 30s;
    request.idleTimeout = 30s;
    const auto next = transport.send(request, cancellation);
    ASSERT_TRUE(next.isSuccess()) << next.error().message;
    EXPECT_EQ(next.value().status, 200);
}

const std::string chunked = "Transfer-Encoding: chunked";
const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Every, HostileAnswer,
    testing::Values(
        // Bodies.
        Hostile{"ChunkOfNoSize", say(with(chunked, "zz\r\n"))},
        Hostile{"ChunkOfEndlessSize", say(with(chunked, std::string(40, 'f') + "\r\n"))},
        Hostile{"ChunkThatBreaksOff", sayAndClose(with(chunked, "ff\r\nabc"))},
        Hostile{"ChunksWithoutAnEnd", sayForEver(with(chunked), "4\r\nabcd\r\n"), 200},
        Hostile{"ChunkThatNeverComes", say(with(chunked)), {}, ErrorCode::timeout},
        Hostile{"Trailers", say(with(chunked, "2\r\n{}\r\n0\r\nX-Trailer: x\r\n\r\n")), 200},
        Hostile{"TrailersWithoutAnEnd",
                sayForEver(with(chunked, "0\r\n"), "X-Trailer: x\r\n"),
                {},
                ErrorCode::network},
        Hostile{"LengthLargerThanTheBody", sayAndClose(with("Content-Length: 100", "short"))},
        Hostile{"LengthSmallerThanTheBody", say(with("Content-Length: 2", "[] and more")), 200},
        Hostile{
            "LengthThatIsNegative", sayAndClose(with("Content-Length: -5", "[]")), {}, ErrorCode::badAnswer},
        Hostile{"LengthOfNineExabytes",
                say(with("Content-Length: 9223372036854775807", "[]")),
                {},
                ErrorCode::timeout},
        Hostile{"BodyOfCompressedZeros",
                sayForEver(with("Content-Encoding: gzip\r\nConnection: close"), std::string(1024, '\0')),
                200},
        Hostile{"BodyUntilTheEnd", sayAndClose("HTTP/1.0 200 OK\r\n\r\n{\"accepted\":1}"), 200},
        // Heads.
        Hostile{"InterimAnswersWithoutAnEnd", sayForEver("", interim)},
        Hostile{
            "SomeInterimAnswers",
            say(interim + "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + with("Content-Length: 2", "[]")),
            200},
        Hostile{"HeadersWithoutAnEnd", sayForEver(std::string(ok), "X-Header: value\r\n")},
        Hostile{"HeaderLineWithoutAnEnd", sayForEver(std::string(ok) + "X-Header: ", std::string(1024, 'x'))},
        Hostile{"HeaderOfThreeMegabytes",
                say(std::string(ok) + "X-Header: " + std::string(3U << 20U, 'x') + "\r\n\r\n")},
        Hostile{"HeadThatBreaksOff", sayAndClose(std::string(ok) + "Content-Len")},
        Hostile{"NothingAtAll", sayAndClose("")},
        Hostile{"NoHead", sayAndClose("just text\n"), {}, ErrorCode::badAnswer},
        Hostile{"ZeroBytes", sayAndClose(std::string(5000, '\0')), {}, ErrorCode::badAnswer},
        Hostile{"StatusOfTwoDigits", sayAndClose("HTTP/1.1 20 OK\r\n\r\n"), {}, ErrorCode::badAnswer},
        Hostile{"NoSuchProtocol", sayAndClose("HTTP/7.3 200 OK\r\n\r\n"), {}, ErrorCode::badAnswer},
        // Statuses.
        Hostile{"NoContentWithABody", say("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"), 204},
        Hostile{"NotModified", say("HTTP/1.1 304 Not Modified\r\n\r\n"), 304},
        Hostile{"StatusThatIsUnknown", say("HTTP/1.1 799 Hm\r\nContent-Length: 0\r\n\r\n"), 799}),
    [](const auto& test) { return test.param.name; });

// The answer comes before the body has been read.
TEST(HostileServer, MayAnswerBeforeItHasReadTheBody) {
    FaultServer server;
    server.otherwise([](Exchange& exchange) {
        exchange.readSome(100);
        exchange.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        exchange.hold();
    });
    const std::string body(std::size_t{16} << 20U, 'x');
    HttpRequest request;
    request.url = server.url() + "/path";
    request.body = body;
    request.idleTimeout = 5s;
    CurlTransport transport(CurlTransport::Options{});
    transport.prepare();
    Cancellation cancellation;
    const auto outcome = transport.send(request, cancellation);
    ASSERT_TRUE(outcome.isSuccess()) << outcome.error().message;
    EXPECT_EQ(outcome.value().status, 413);
}

// Each hop is quick enough, and all of them together are not.
TEST(HostileServer, CannotMakeARequestLongerByRedirectingIt) {
    FaultServer server;
    server.otherwise([&](Exchange& exchange) {
        if (!exchange.read() || !exchange.pause(150ms)) return;
        exchange.answer(307, "", {{"Location", server.url() + "/again"}});
    });
    Config config;
    config.endpoint = server.url();
    config.consent = Consent::granted;
    config.http.requestTimeout = 400ms;
    config.retry.maxAttempts = 1;
    NetworkClient client(config);
    std::promise<Error> failure;
    client.post("/path", "[]", {}, [&](const auto& outcome) {
        failure.set_value(outcome.isSuccess() ? Error{} : outcome.error());
    });
    const auto error = failure.get_future().get();
    EXPECT_EQ(error.code, ErrorCode::timeout) << error.message;
    EXPECT_LE(server.requestCount(), 3U);
}

TEST(HostileServer, MaySpeakNoTls) {
    FaultServer server;
    server.otherwise(faults::garbage());
    HttpRequest request;
    request.url = "https" + server.url().substr(4) + "/path";
    request.connectTimeout = 500ms;
    CurlTransport transport(CurlTransport::Options{});
    transport.prepare();
    Cancellation cancellation;
    const auto outcome = transport.send(request, cancellation);
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(server.requestCount(), 0U);
}

TEST(HostileServer, MaySaySilentlyNothingToATlsGreeting) {
    FaultServer server;
    server.otherwise(faults::deaf());
    HttpRequest request;
    request.url = "https" + server.url().substr(4) + "/path";
    request.connectTimeout = 200ms;
    request.idleTimeout = request.totalTimeout = beyondPatience;
    CurlTransport transport(CurlTransport::Options{});
    transport.prepare();
    Cancellation cancellation;
    Outcome<HttpResponse> outcome = HttpResponse{};
    EXPECT_TRUE(endsInTime([&] { outcome = transport.send(request, cancellation); }));
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::timeout) << outcome.error().message;
}

// What stands between client and server, twice; then the server itself.
struct Interference {
    const char* name;
    Behaviour behaviour;
};

class Interfered : public testing::TestWithParam<Interference> {};

TEST_P(Interfered, PostIsDeliveredAllTheSame) {
    FaultServer server;
    server.then(2, GetParam().behaviour);
    Config config;
    config.endpoint = server.url();
    config.consent = Consent::granted;
    config.http.requestTimeout = 500ms;
    config.retry = {.maxAttempts = 20, .initialBackoff = 1ms, .maxBackoff = 1ms};
    NetworkClient client(config);
    std::promise<Error> answered;
    client.post("/path", "[]", {}, [&](const auto& outcome) {
        answered.set_value(outcome.isSuccess() ? Error{ErrorCode::io, "delivered"} : outcome.error());
    });
    EXPECT_EQ(answered.get_future().get().message, "delivered");
    EXPECT_GE(server.requestCount(), 1U);
}

Behaviour sayByteByByte(std::string text) {
    return [=](Exchange& exchange) {
        exchange.read();
        for (const char c : text) {
            if (!exchange.pause(1ms) || !exchange.write({&c, 1})) return;
        }
        exchange.close();
    };
}

const std::string page = "Content-Type: text/html; charset=utf-8";

INSTANTIATE_TEST_SUITE_P(
    Every, Interfered,
    testing::Values(
        Interference{"APage", faults::answer(200, "Welcome", {{"Content-Type", "text/html"}})},
        Interference{"ARedirectToNowhere", faults::answer(303)},
        Interference{"ARedirectToItself", faults::answer(307, "", {{"Location", "/path"}})},
        Interference{"APageThatBreaksOff", sayAndClose(with(chunked + "\r\n" + page, "ff\r\n<html"))},
        Interference{"APageByteByByte", sayByteByByte(with("Content-Length: 6\r\n" + page, "<html>"))},
        Interference{"APageAfterInterimAnswers",
                     sayAndClose(interim + interim + with("Content-Length: 6", "<html>"))},
        Interference{"InterimAnswersAlone", sayAndClose(interim + interim)},
        Interference{"AProxyThatAsksForAPassword",
                     faults::answer(407, "<html>", {{"Proxy-Authenticate", "Basic realm=\"x\""}})},
        Interference{"APortal", faults::answer(511, "<html>")},
        Interference{"ASwitchOfProtocols", sayAndClose("HTTP/1.1 101 Switching Protocols\r\n\r\n")},
        Interference{"AStatusOfNobody", say("HTTP/1.1 799 Hm\r\nContent-Length: 0\r\n\r\n")}),
    [](const auto& test) { return test.param.name; });

}
}
