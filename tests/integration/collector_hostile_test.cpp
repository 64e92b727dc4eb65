#include <algorithm>
#include <atomic>
#include <deque>
#include <random>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <zlib.h>
#include <boost/json/array.hpp>

#include "../support/sanitizers.h"
#include "collector_fixture.h"

namespace sidespan::collector::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::AnyOf;

class CollectorHostileTest : public CollectorTest {
protected:
    /// What every test ends with: the collector still takes and gives spans.
    void expectAlive() {
        auto client = connect();
        EXPECT_EQ(client.get("/healthz").status, 200);
        auto body = boost::json::serialize(boost::json::array{spanJson(1, 0, "alive", 0, 1)});
        EXPECT_EQ(client.postSpans(body).status, 200);
        EXPECT_EQ(client.get(fmt::format("/api/v1/traces/{}", traceA)).status, 200);
    }

    static std::string postHead(std::string_view framing) {
        return fmt::format(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{}\r\n\r\n", spansPath,
            framing);
    }
};

TEST_F(CollectorHostileTest, RefusesALongBodyByItsAnnouncedLength) {
    start();
    for (auto length : {"16777217", "1000000000000", "18446744073709551615"}) {
        auto client = connect();
        client.send(postHead(fmt::format("Content-Length: {}", length)));
        auto response = client.read();
        EXPECT_EQ(response.status, 413);
        EXPECT_THAT(errorOf(response), HasSubstr("at most 16777216"));
        EXPECT_TRUE(client.isClosedByServer());
    }
    expectAlive();
}

TEST_F(CollectorHostileTest, RefusesALongChunkedBodyAtTheLimit) {
    options_.limits.bodyBytes = 100'000;
    start();
    auto client = connect();
    client.send(postHead("Transfer-Encoding: chunked"));
    for (int i = 0; i < 3; ++i) client.send("c350\r\n" + std::string(50'000, ' ') + "\r\n");
    EXPECT_EQ(client.read().status, 413);
    expectAlive();
}

TEST_F(CollectorHostileTest, RefusesHeadsThatAreNotHttp) {
    start();
    for (const auto& head :
         {std::string("nonsense\r\n\r\n"),
          std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + "\r\n\r\n",
          std::string("GET / HTTP/9.9\r\n\r\n"), std::string("GET /\r\n\r\n"), postHead("Content-Length: -1"),
          postHead("Content-Length: 2\r\nContent-Length: 3"),
          postHead("Content-Length: 99999999999999999999"),
          std::string("GET / HTTP/1.1\r\nBad Header: x\r\n\r\n"),
          std::string("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", 27)}) {
        auto client = connect();
        client.send(head);
        EXPECT_EQ(client.read().status, 400) << head;
        EXPECT_TRUE(client.isClosedByServer());
    }
    expectAlive();
}

TEST_F(CollectorHostileTest, DoesNotReadALengthBesideChunks) {
    start();
    auto client = connect();
    client.send(postHead("Content-Length: 4\r\nTransfer-Encoding: chunked") +
                "0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n");
    EXPECT_THAT(client.read().status, AnyOf(400, 403));
    EXPECT_TRUE(client.isClosedByServer());
    expectAlive();
}

// Of which a proxy in front may think otherwise: what follows would be another client's.
TEST_F(CollectorHostileTest, TakesNoBodyForARequest) {
    start();
    for (const char* coding : {"gzip", "identity", "xchunked", "chunked, gzip"}) {
        auto client = connect();
        client.send(postHead(fmt::format("Transfer-Encoding: {}", coding)) +
                    "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        EXPECT_EQ(client.read().status, 400) << coding;
        EXPECT_TRUE(client.isClosedByServer()) << coding;
    }
    expectAlive();
}

TEST_F(CollectorHostileTest, NeedsOneHost) {
    start();
    for (const char* hosts : {"", "Host: a\r\nHost: b\r\n"}) {
        auto client = connect();
        client.send(fmt::format("GET /healthz HTTP/1.1\r\n{}\r\n", hosts));
        EXPECT_EQ(client.read().status, 400) << hosts;
        EXPECT_TRUE(client.isClosedByServer());
    }
    auto old = connect();
    old.send("GET /healthz HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.read().status, 200);
}

TEST_F(CollectorHostileTest, SendsAnOldClientNoInterimAnswer) {
    start();
    auto client = connect();
    client.send(
        fmt::format("POST {} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
                    "Expect: 100-continue\r\n\r\n[]",
                    spansPath));
    EXPECT_EQ(client.read().status, 200);
}

TEST_F(CollectorHostileTest, RefusesALongHead) {
    start();
    auto client = connect();
    client.send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
    EXPECT_EQ(client.read().status, 431);
    expectAlive();
}

TEST_F(CollectorHostileTest, RefusesABombInGzip) {
    options_.limits.inflatedBytes = 1U << 20;
    start();
    std::string packed(200'000, '\0');
    std::string text(50U << 20, ' ');
    z_stream stream{};
    ASSERT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    EXPECT_EQ(connect().postSpans(packed, {{"Content-Encoding", "gzip"}}).status, 413);
    expectAlive();
}

TEST_F(CollectorHostileTest, HostileBodiesAreAnsweredAndDoNotFillMemory) {
    start();
    constexpr std::size_t size = 16U << 20;
    auto repeat = [](std::string_view head, std::string_view part, std::string_view tail) {
        std::string many(part);
        while (many.size() < 1U << 16) many += many;
        std::string body(head);
        body.reserve(size);
        const std::size_t room = size - head.size() - tail.size();
        for (auto rest = room - room % part.size(); rest > 0; rest -= std::min(rest, many.size()))
            body.append(many, 0, rest);
        return body += tail;
    };
    auto peakKiB = [] {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return usage.ru_maxrss;
    };
    auto client = connect();
    client.postSpans("[]");
    auto before = peakKiB();
    auto status = [&](const std::string& body) { return client.postSpans(body).status; };
    EXPECT_EQ(status(std::string(size, '[')), 400);
    EXPECT_EQ(status(repeat("[", "{\"a\":", "")), 400);
    EXPECT_EQ(status(repeat("[", "{},", "{}]")), 413);
    EXPECT_EQ(status(repeat("[[", "0,", "0]]")), 200);
    EXPECT_EQ(status(repeat("[{\"attributes\":{", "\"a\":1,", "\"a\":1}}]")), 200);
    EXPECT_EQ(status(repeat("[\"", "x", "\"]")), 200);
    EXPECT_EQ(status(repeat("{\"", "x", "\":[]}")), 400);
    EXPECT_EQ(status(repeat("[", "1", "]")), 200);
    EXPECT_EQ(status(repeat("", " ", "[]")), 200);
    EXPECT_EQ(status(repeat("[\"", "\xff", "\"]")), 200);  // repaired, and then no span
    if (!test::isSanitized) {
#ifdef _LIBCPP_VERSION
        constexpr long mostMiB = 220;  // libc++ takes a fifth more
#else
        constexpr long mostMiB = 150;
#endif
        EXPECT_LT(peakKiB() - before, mostMiB * 1024) << "memory grew by far more than a body";
    }
    expectAlive();
}

TEST_F(CollectorHostileTest, RefusesBodiesBeyondWhatAllMayHold) {
    options_.limits.bufferedBytes = 100'000;
    start();
    auto response = connect().postSpans("[" + std::string(150'000, ' ') + "]");
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response["Retry-After"], "1");
    expectAlive();
}

TEST_F(CollectorHostileTest, ClosesConnectionsThatSayNothing) {
    options_.limits.idleTimeout = 500ms;
    start();
    auto silent = connect();
    EXPECT_TRUE(silent.isClosedByServer());
    auto used = connect();
    EXPECT_EQ(used.get("/healthz").status, 200);
    EXPECT_TRUE(used.isClosedByServer());
}

TEST_F(CollectorHostileTest, ClosesConnectionsThatStopWithinAHead) {
    options_.limits.headerTimeout = 50ms;
    start();
    auto client = connect();
    client.send("GET / HTTP/1.1\r\nHost: local");
    EXPECT_TRUE(client.isClosedByServer());
    expectAlive();
}

TEST_F(CollectorHostileTest, ClosesConnectionsThatStopWithinABody) {
    options_.limits.bodyPauseTimeout = 50ms;
    start();
    auto client = connect();
    client.send(postHead("Content-Length: 1000") + "[");
    EXPECT_TRUE(client.isClosedByServer());
    expectAlive();
}

TEST_F(CollectorHostileTest, ClosesConnectionsThatTrickleABody) {
    options_.limits.bodyTimeout = 200ms;
    start();
    auto client = connect();
    client.send(postHead("Content-Length: 16000000"));
    auto trickle = [&] {
        for (int i = 0; i < 16'000'000; ++i) client.send(" ");
    };
    EXPECT_THROW(trickle(), boost::system::system_error);
    expectAlive();
}

TEST_F(CollectorHostileTest, ClosesConnectionsThatDoNotReadTheirAnswer) {
    options_.limits.writeTimeout = 100ms;
    options_.limits.connections = 1;
    start();
    // The answers are larger than what the system holds of them for both of them (4 MB and little).
    constexpr int answers = 4;
    boost::json::array spans;
    for (std::uint64_t i = 1; i <= 15'000; ++i) spans.push_back(spanJson(i, 0, std::string(200, 'x'), 0, 1));
    ASSERT_EQ(connect().postSpans(boost::json::serialize(spans)).status, 200);
    auto client = connect();
    client.holdLittle();
    for (int i = 0; i < answers; ++i)
        client.send(fmt::format("GET /api/v1/traces/{} HTTP/1.1\r\nHost: localhost\r\n\r\n", traceA));
    // The only place is taken while the server waits for a reader that does not come.
    auto isFree = [&] { return connect().get("/healthz").status == 200; };
    auto deadline = std::chrono::steady_clock::now() + 20s;
    bool wasFreed = false;
    while (!wasFreed && std::chrono::steady_clock::now() < deadline) wasFreed = isFree();
    EXPECT_TRUE(wasFreed);
    const auto readAll = [&] {
        for (int i = 0; i < answers; ++i) client.read();
    };
    EXPECT_THROW(readAll(), boost::system::system_error);
}

TEST_F(CollectorHostileTest, ThousandsOfIdleConnectionsLeaveRoomForOneThatAsks) {
    rlimit limit{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    auto count = std::min<rlim_t>(3'000, limit.rlim_max / 2);
    options_.limits.connections = 100;
    start();
    std::deque<Client> idle;
    for (rlim_t i = 0; i < count; ++i) {
        idle.emplace_back(collector_->port());
        if (i % 2 == 0) idle.back().send("GET /");
        if (i % 500 == 0) expectAlive();
    }
    expectAlive();
    EXPECT_TRUE(idle.front().isClosedByServer());
}

TEST_F(CollectorHostileTest, RefusesAConnectionWhenAllAreAtWork) {
    options_.limits.connections = 2;
    start();
    std::deque<Client> busy;
    for (int i = 0; i < 2; ++i) {
        busy.emplace_back(collector_->port());
        busy.back().send(postHead("Content-Length: 2\r\nExpect: 100-continue"));
        EXPECT_EQ(busy.back().read().status, 100);
    }
    auto third = connect();
    EXPECT_EQ(third.read().status, 503);
    EXPECT_TRUE(third.isClosedByServer());
    busy[0].send("[]");
    EXPECT_EQ(busy[0].read().status, 200);
    // It is at rest a moment after its answer was read, and then gives way.
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    int status = 503;
    while (status == 503 && std::chrono::steady_clock::now() < deadline)
        status = connect().get("/healthz").status;
    EXPECT_EQ(status, 200);
}

TEST_F(CollectorHostileTest, SurvivesDamagedRequests) {
    start();
    auto body = boost::json::serialize(boost::json::array{spanJson(1, 0, "a", 0, 1)});
    auto whole = postHead(fmt::format("Content-Length: {}", body.size())) + body;
    std::mt19937 random(20251122);
    for (int round = 0; round < 500; ++round) {
        auto damaged = whole;
        for (auto changes = random() % 4 + 1; changes > 0; --changes) {
            damaged[random() % damaged.size()] = static_cast<char>(random());
        }
        damaged.resize(random() % damaged.size() + 1);
        auto client = connect();
        client.send(damaged);
    }
    expectAlive();
}

TEST_F(CollectorHostileTest, ManyClientsAtOnceStoreEachSpanOnce) {
    start();
    constexpr std::uint64_t clients = 4;
    constexpr std::uint64_t batches = 20;
    constexpr std::uint64_t batchSize = 50;
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> duplicate{0};
    std::vector<std::thread> threads;
    for (std::uint64_t c = 0; c < clients; ++c) {
        threads.emplace_back([&] {
            auto client = connect();
            for (std::uint64_t b = 0; b < batches; ++b) {
                boost::json::array spans;
                for (std::uint64_t i = 1; i <= batchSize; ++i)
                    spans.push_back(spanJson(b * batchSize + i, 0, "s", 0, 1));
                auto receipt = parse(client.postSpans(boost::json::serialize(spans)));
                accepted += static_cast<std::uint64_t>(receipt.at("accepted").as_int64());
                duplicate += static_cast<std::uint64_t>(receipt.at("duplicate").as_int64());
                EXPECT_EQ(client.get("/api/v1/traces").status, 200);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(accepted, batches * batchSize);
    EXPECT_EQ(duplicate, (clients - 1) * batches * batchSize);
    auto trace = parse(connect().get(fmt::format("/api/v1/traces/{}", traceA)));
    EXPECT_EQ(trace.at("spanCount"), batches * batchSize);
}

}
}
