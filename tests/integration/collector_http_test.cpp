#include <atomic>

#include <zlib.h>
#include <boost/json/array.hpp>

#include "collector_fixture.h"
#include "support/full_disk.h"

namespace sidespan::collector::testing {
namespace {

class CollectorHttpTest : public CollectorTest {
protected:
    CollectorHttpTest() = default;

    boost::json::object trace(Client& client, std::string_view id = traceA) {
        auto response = client.get(fmt::format("/api/v1/traces/{}", id));
        EXPECT_EQ(response.status, 200) << response.body;
        return parse(response);
    }

    const Headers context_{{"X-Trace-ID", std::string(traceA)}, {"X-Span-ID", "00000000000000aa"}};
};

TEST_F(CollectorHttpTest, StoresSpansAndGivesThemBack) {
    start();
    auto client = connect();
    auto root = spanJson(1, 0, "audio.upload", 0, 3500);
    root["attributes"] = boost::json::object{{"file.name", "my_loop.wav"}};
    auto response = client.postSpans(boost::json::serialize(boost::json::array{
        root, spanJson(2, 1, "network.post", 3340, 3490), boost::json::object{{"name", "bad"}}}));
    ASSERT_EQ(response.status, 200) << response.body;
    auto receipt = parse(response);
    EXPECT_EQ(receipt.at("accepted"), 2);
    EXPECT_EQ(receipt.at("duplicate"), 0);
    EXPECT_EQ(receipt.at("rejected"), 1);
    EXPECT_EQ(receipt.at("rejections").at(0).at("index"), 2);
    EXPECT_THAT(std::string(receipt.at("rejections").at(0).at("reason").as_string()), HasSubstr("traceId"));

    auto stored = trace(client);
    EXPECT_EQ(stored.at("spanCount"), 2);
    EXPECT_EQ(stored.at("spans").at(0).at("name"), "audio.upload");
    EXPECT_EQ(stored.at("spans").at(0).at("attributes").at("file.name"), "my_loop.wav");
    EXPECT_EQ(stored.at("spans").at(1).at("depth"), 1);
    EXPECT_EQ(stored.at("split").at("networkMs"), 150.0);
    EXPECT_EQ(stored.at("split").at("pluginMs"), 3350.0);
}

TEST_F(CollectorHttpTest, ABatchSentTwiceIsStoredOnce) {
    start();
    auto client = connect();
    auto body = boost::json::serialize(boost::json::array{spanJson(1, 0, "a", 0, 1)});
    Headers key{{"Idempotency-Key", "batch-1"}};
    EXPECT_EQ(parse(client.postSpans(body, key)).at("accepted"), 1);
    auto again = parse(client.postSpans(body, key));
    EXPECT_EQ(again.at("accepted"), 0);
    EXPECT_EQ(again.at("duplicate"), 1);
}

TEST_F(CollectorHttpTest, TakesTheWrappedFormAndGzip) {
    start();
    auto client = connect();
    auto body =
        boost::json::serialize(boost::json::object{{"spans", boost::json::array{spanJson(1, 0, "a", 0, 1)}},
                                                   {"clientType", "web"},
                                                   {"clientVersion", "3"}});
    std::string packed(compressBound(body.size()) + 32, '\0');
    z_stream stream{};
    ASSERT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(body.data());
    stream.avail_in = static_cast<uInt>(body.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    auto response = client.postSpans(packed, {{"Content-Encoding", "gzip"}});
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(trace(client).at("spans").at(0).at("clientType"), "web");
}

TEST_F(CollectorHttpTest, EveryAnswerCarriesItsTrace) {
    start();
    auto client = connect();
    auto own = client.get("/healthz");
    EXPECT_THAT(std::string(own["X-Trace-ID"]), SizeIs(36));
    EXPECT_THAT(std::string(own["X-Span-ID"]), SizeIs(16));
    EXPECT_GE(std::stod(std::string(own["X-Server-Time"])), 0.0);
    auto continued = client.get("/healthz", context_);
    EXPECT_EQ(continued["X-Trace-ID"], traceA);
    EXPECT_NE(continued["X-Span-ID"], "00000000000000aa");
    auto refused = client.get("/nowhere", context_);
    EXPECT_EQ(refused["X-Trace-ID"], traceA);
}

TEST_F(CollectorHttpTest, StoresItsServerSpansInTheClientsTrace) {
    start();
    auto client = connect();
    auto list = client.get("/api/v1/traces",
                           {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-00000000000000aa-01"}});
    ASSERT_EQ(list.status, 200) << list.body;
    auto stored = trace(client);
    auto& spans = stored.at("spans").as_array();
    ASSERT_THAT(spans, SizeIs(3));
    const auto& server = spans[0];
    EXPECT_EQ(server.at("name"), "GET /api/v1/traces");
    EXPECT_EQ(server.at("kind"), "server");
    EXPECT_EQ(server.at("origin"), "server");
    EXPECT_EQ(server.at("parentSpanId"), "00000000000000aa");
    EXPECT_EQ(std::string(server.at("spanId").as_string()), std::string(list["X-Span-ID"]));
    EXPECT_EQ(server.at("attributes").at("http.response.status_code"), 200);
    std::vector<std::string> names;
    for (std::size_t i = 1; i < 3; ++i) {
        names.emplace_back(spans[i].at("name").as_string());
        EXPECT_EQ(spans[i].at("parentSpanId"), server.at("spanId"));
    }
    EXPECT_THAT(names, ::testing::ElementsAre("db.query", "json.encode"));
    EXPECT_GT(stored.at("split").at("serverMs").as_double(), 0.0);
}

TEST_F(CollectorHttpTest, ARequestWithoutContextIsNotStored) {
    start();
    auto client = connect();
    auto list = client.get("/api/v1/traces");
    EXPECT_EQ(client.get(fmt::format("/api/v1/traces/{}", std::string(list["X-Trace-ID"]))).status, 404);
}

TEST_F(CollectorHttpTest, PostingSpansMakesNoServerSpans) {
    start();
    auto client = connect();
    client.postSpans(boost::json::serialize(boost::json::array{spanJson(1, 0, "a", 0, 1)}), context_);
    EXPECT_EQ(trace(client).at("spanCount"), 1);
}

TEST_F(CollectorHttpTest, ShowsWhatClientsLost) {
    start();
    auto client = connect();
    auto body = boost::json::serialize(boost::json::array{spanJson(1, 0, "a", 0, 1)});
    client.postSpans(body, {{"X-Client-Instance", "instance-1"}});
    client.postSpans(body,
                     {{"X-Client-Instance", "instance-1"}, {"X-Client-Lost", "outbox-full=512, expired=3"}});
    auto clients = parse(client.get("/api/v1/clients")).at("clients").as_array();
    ASSERT_THAT(clients, SizeIs(1));
    EXPECT_EQ(clients[0].at("instance"), "instance-1");
    EXPECT_EQ(clients[0].at("batches"), 2);
    EXPECT_EQ(clients[0].at("accepted"), 1);
    EXPECT_EQ(clients[0].at("lostTotal"), 515);
    EXPECT_EQ(clients[0].at("lost").at("outbox-full"), 512);
    EXPECT_EQ(clients[0].at("clientType"), "plugin");
}

TEST_F(CollectorHttpTest, ListsTracesAsAsked) {
    start();
    auto client = connect();
    auto failed = spanJson(1, 0, "feed.load", 1000, 1005, traceB);
    failed["status"] = "error";
    client.postSpans(
        boost::json::serialize(boost::json::array{spanJson(1, 0, "audio.upload", 0, 50), failed}));
    auto names = [&](std::string_view query) {
        std::string result;
        auto response = client.get(fmt::format("/api/v1/traces{}", query));
        EXPECT_EQ(response.status, 200) << response.body;
        auto body = parse(response);
        EXPECT_TRUE(body.at("complete").as_bool());
        for (const auto& trace : body.at("traces").as_array())
            result += std::string(trace.at("name").as_string()) + " ";
        return result;
    };
    EXPECT_EQ(names(""), "feed.load audio.upload ");
    EXPECT_EQ(names("?limit=1"), "feed.load ");
    EXPECT_EQ(names("?name=audio.upload"), "audio.upload ");
    EXPECT_EQ(names("?status=error"), "feed.load ");
    EXPECT_EQ(names("?minDurationMs=20"), "audio.upload ");
    EXPECT_EQ(names("?q=FEED"), "feed.load ");
    EXPECT_THAT(errorOf(client.get("/api/v1/traces?limit=no")), HasSubstr("limit"));
}

TEST_F(CollectorHttpTest, TakesBothFormsOfATraceIdAndNoOther) {
    start();
    auto client = connect();
    client.postSpans(boost::json::serialize(boost::json::array{spanJson(1, 0, "a", 0, 1)}));
    EXPECT_EQ(client.get("/api/v1/traces/0af7651916cd43dd8448eb211c80319c").status, 200);
    EXPECT_EQ(client.get("/api/v1/traces/0AF76519-16CD-43DD-8448-EB211C80319C").status, 200);
    EXPECT_EQ(client.get("/api/v1/traces/abc").status, 400);
    EXPECT_EQ(client.get("/api/v1/traces/0af7651916cd43dd8448eb211c80319d").status, 404);
}

TEST_F(CollectorHttpTest, RefusesByStatusWithAReason) {
    start();
    auto client = connect();
    auto missing = client.get("/api/v1/nothing");
    EXPECT_EQ(missing.status, 404);
    EXPECT_THAT(errorOf(missing), HasSubstr("nothing here"));

    auto method = client.get(spansPath);
    EXPECT_EQ(method.status, 405);
    EXPECT_EQ(method["Allow"], "POST");
    EXPECT_EQ(client.request("DELETE", "/api/v1/traces")["Allow"], "GET, HEAD");

    auto type = client.post(spansPath, "[]", {{"Content-Type", "text/plain"}});
    EXPECT_EQ(type.status, 415);
    EXPECT_THAT(errorOf(type), HasSubstr("application/json"));
    EXPECT_EQ(client.postSpans("[]", {{"Content-Type", "Application/JSON; charset=utf-8"}}).status, 200);
    EXPECT_EQ(client.postSpans("[]", {{"Content-Encoding", "br"}}).status, 415);

    auto syntax = client.postSpans("{not json");
    EXPECT_EQ(syntax.status, 400);
    EXPECT_THAT(errorOf(syntax), HasSubstr("not JSON"));
    EXPECT_EQ(client.postSpans("not gzip", {{"Content-Encoding", "gzip"}}).status, 400);
}

TEST_F(CollectorHttpTest, AnswersHeadWithoutABody) {
    start();
    auto client = connect();
    auto response = client.request("HEAD", "/api/v1/traces");
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, IsEmpty());
    EXPECT_NE(response["Content-Length"], "0");
    EXPECT_EQ(client.get("/healthz").body, R"({"status":"ok"})");
}

TEST_F(CollectorHttpTest, AsksForItsToken) {
    options_.token = "secret-token";
    start();
    auto client = connect();
    for (const auto& headers :
         {Headers{}, Headers{{"Authorization", "Bearer wrong"}},
          Headers{{"Authorization", "Bearer secret-toke"}},
          Headers{{"Authorization", "Bearer secret-token2"}},
          Headers{{"Authorization", "Basic secret-token"}}, Headers{{"Authorization", "Bearer"}}}) {
        auto refused = client.get("/api/v1/traces", headers);
        EXPECT_EQ(refused.status, 401);
        EXPECT_THAT(std::string(refused["WWW-Authenticate"]), StartsWith("Bearer"));
        EXPECT_EQ(client.postSpans("[]", headers).status, 401);
    }
    Headers right{{"Authorization", "bearer secret-token"}};
    EXPECT_EQ(client.get("/api/v1/traces", right).status, 200);
    EXPECT_EQ(client.postSpans("[]", right).status, 200);
    EXPECT_EQ(client.get("/").status, 200);
    EXPECT_EQ(client.get("/healthz").status, 200);
}

TEST_F(CollectorHttpTest, AStrangerCannotWriteSpansByFailing) {
    options_.token = "secret-token";
    start();
    auto client = connect();
    client.get("/api/v1/traces", context_);
    client.get("/nowhere", context_);
    client.get("/", context_);
    auto response =
        client.get(fmt::format("/api/v1/traces/{}", traceA), {{"Authorization", "Bearer secret-token"}});
    EXPECT_EQ(response.status, 404);
}

TEST_F(CollectorHttpTest, OtherOriginsAndHostsAreRefused) {
    start();
    auto client = connect();
    EXPECT_EQ(client.get("/api/v1/traces", {{"Host", "evil.example"}}).status, 403);
    EXPECT_EQ(client.get("/api/v1/traces", {{"Host", "localhost:1234"}}).status, 200);
    EXPECT_EQ(client.get("/api/v1/traces", {{"Host", "[::1]:1234"}}).status, 200);
    EXPECT_EQ(client.get("/api/v1/traces", {{"Origin", "http://evil.example"}}).status, 403);
    EXPECT_EQ(client.get("/api/v1/traces", {{"Origin", "http://127.0.0.1"}}).status, 200);
}

TEST_F(CollectorHttpTest, PagesOfAnAllowedOriginMaySendAndRead) {
    options_.token = "secret";
    options_.origins = http_server::AllowedOrigins({"https://app.example.com"});
    start();
    auto client = connect();
    auto preflight = client.request("OPTIONS", spansPath, {},
                                    {{"Origin", "https://app.example.com"},
                                     {"Access-Control-Request-Method", "POST"},
                                     {"Access-Control-Request-Headers", "authorization,content-type"}});
    EXPECT_EQ(preflight.status, 204);
    EXPECT_THAT(preflight.body, IsEmpty());
    EXPECT_EQ(preflight["Content-Length"], "");
    EXPECT_EQ(preflight["Access-Control-Allow-Origin"], "https://app.example.com");
    EXPECT_EQ(preflight["Access-Control-Allow-Methods"], "POST");
    EXPECT_EQ(preflight["Access-Control-Allow-Headers"],
              "content-type, authorization, traceparent, tracestate, baggage");
    EXPECT_EQ(preflight["Access-Control-Max-Age"], "7200");
    EXPECT_EQ(preflight["Vary"], "Origin");

    auto body = boost::json::serialize(boost::json::array{spanJson(1, 0, "a", 0, 1)});
    const Headers page{{"Origin", "https://app.example.com"}, {"Authorization", "Bearer secret"}};
    auto posted = client.postSpans(body, page);
    EXPECT_EQ(posted.status, 200) << posted.body;
    auto otlp = client.post("/v1/traces", "{}",
                            {{"Origin", "https://app.example.com"},
                             {"Authorization", "Bearer secret"},
                             {"Content-Type", "application/json"}});
    EXPECT_EQ(otlp.status, 200) << otlp.body;
    auto refused = client.postSpans(body, {{"Origin", "https://app.example.com"}});
    EXPECT_EQ(refused.status, 401);
    auto missing = client.get("/nowhere", page);
    EXPECT_EQ(missing.status, 404);
    for (const auto& answer : {posted, otlp, refused, missing}) {
        EXPECT_EQ(answer["Access-Control-Allow-Origin"], "https://app.example.com");
        EXPECT_THAT(answer["Access-Control-Expose-Headers"],
                    StartsWith("X-Trace-ID, X-Span-ID, X-Server-Time"));
        EXPECT_EQ(answer["Access-Control-Allow-Credentials"], "");
        EXPECT_EQ(answer["Vary"], "Origin");
    }
}

TEST_F(CollectorHttpTest, PagesOfOtherOriginsGetNoHeaders) {
    options_.origins = http_server::AllowedOrigins({"https://app.example.com"});
    start();
    auto client = connect();
    const auto preflight = [&](std::string origin) {
        return client.request("OPTIONS", spansPath, {},
                              {{"Origin", std::move(origin)}, {"Access-Control-Request-Method", "POST"}});
    };
    for (const auto* origin : {"https://evil.example", "http://app.example.com", "null",
                               "https://app.example.com.evil.example", "https://app.example.com:8443"}) {
        auto refused = preflight(origin);
        EXPECT_EQ(refused.status, 403) << origin;
        EXPECT_EQ(client.get("/api/v1/traces", {{"Origin", origin}}).status, 403) << origin;
        for (const auto* name : {"Access-Control-Allow-Origin", "Access-Control-Allow-Methods",
                                 "Access-Control-Allow-Headers", "Access-Control-Expose-Headers"})
            EXPECT_EQ(refused[name], "") << origin;
        EXPECT_EQ(refused["Vary"], "Origin") << "a cache must not give this to an allowed page";
    }
    EXPECT_EQ(client.request("OPTIONS", spansPath).status, 405) << "not a preflight";
    auto own = client.get("/api/v1/traces", {{"Origin", "http://127.0.0.1"}});
    EXPECT_EQ(own.status, 200);
    EXPECT_EQ(own["Access-Control-Allow-Origin"], "") << "a page of its own needs none";
    EXPECT_EQ(client.get("/api/v1/traces")["Access-Control-Allow-Origin"], "");
}

TEST_F(CollectorHttpTest, WithoutAllowedOriginsNothingDependsOnThem) {
    start();
    auto client = connect();
    EXPECT_EQ(client.get("/healthz")["Vary"], "");
    auto refused =
        client.request("OPTIONS", spansPath, {},
                       {{"Origin", "https://app.example.com"}, {"Access-Control-Request-Method", "POST"}});
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused["Access-Control-Allow-Origin"], "");
}

TEST_F(CollectorHttpTest, ServesAPageThatRunsNothingButItself) {
    start();
    auto client = connect();
    auto page = client.get("/");
    EXPECT_EQ(page["Content-Type"], "text/html; charset=utf-8");
    EXPECT_EQ(page["X-Content-Type-Options"], "nosniff");
    auto policy = std::string(page["Content-Security-Policy"]);
    EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
    EXPECT_THAT(policy, ::testing::Not(HasSubstr("unsafe")));
    auto nonce = policy.substr(policy.find("nonce-") + 6, 32);
    EXPECT_THAT(page.body, HasSubstr("<script nonce=\"" + nonce + "\">"));
    EXPECT_THAT(page.body, ::testing::Not(HasSubstr("{{nonce}}")));
    EXPECT_NE(policy, std::string(client.get("/")["Content-Security-Policy"]));
}

TEST_F(CollectorHttpTest, AnswersPipelinedRequestsInOrder) {
    start();
    auto client = connect();
    client.send(
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.read().status, 200);
    EXPECT_EQ(client.read().status, 404);
    EXPECT_EQ(client.read().status, 200);
}

TEST_F(CollectorHttpTest, SaysContinueWhenAskedTo) {
    start();
    auto client = connect();
    client.send(
        "POST /api/v1/telemetry/spans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read().status, 100);
    client.send("[]");
    EXPECT_EQ(client.read().status, 200);
}

TEST_F(CollectorHttpTest, TakesChunkedBodies) {
    start();
    auto client = connect();
    client.send(
        "POST /api/v1/telemetry/spans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n1\r\n]\r\n0\r\n\r\n");
    EXPECT_EQ(client.read().status, 200);
}

TEST_F(CollectorHttpTest, KeepsWhatWasStoredOverARestart) {
    start();
    {
        auto client = connect();
        client.postSpans(boost::json::serialize(boost::json::array{spanJson(1, 0, "a", 0, 1)}));
    }
    collector_->stop();
    collector_->stop();
    start();
    auto client = connect();
    EXPECT_EQ(trace(client).at("spanCount"), 1);
}

TEST_F(CollectorHttpTest, SaysThatItCannotStoreWhileTheDiskIsFull) {
    options_.onError = {};
    start();
    auto client = connect();
    const auto body = boost::json::serialize(boost::json::array{spanJson(1, 0, "a", 0, 1)});
    EXPECT_EQ(client.get("/healthz").status, 200);
    {
        const test::FullDisk disk(0);
        EXPECT_EQ(client.postSpans(body).status, 503);
        EXPECT_EQ(client.get("/healthz").status, 503);
    }
    EXPECT_EQ(client.postSpans(body).status, 200);
    EXPECT_EQ(client.get("/healthz").status, 200);
}

TEST_F(CollectorHttpTest, TakesNothingWhileItsDatabaseIsNotInItsPlace) {
    std::atomic<int> reports{0};
    options_.onError = [&](std::string_view message) {
        EXPECT_THAT(std::string(message), HasSubstr("was moved or deleted"));
        ++reports;
    };
    start();
    auto client = connect();
    auto body = boost::json::serialize(boost::json::array{spanJson(1, 0, "a", 0, 1)});
    const auto elsewhere = directory_ / "elsewhere";
    std::filesystem::rename(options_.database, elsewhere);
    auto refused = client.postSpans(body);
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused["Retry-After"], "1");
    EXPECT_EQ(client.get("/api/v1/traces").status, 503);
    EXPECT_EQ(client.get("/healthz").status, 503);
    EXPECT_GT(reports, 0);
    std::filesystem::rename(elsewhere, options_.database);
    EXPECT_EQ(parse(client.postSpans(body)).at("accepted"), 1);
    EXPECT_EQ(client.get("/healthz").status, 200);
}

TEST_F(CollectorHttpTest, ErasesAnInstallation) {
    start();
    auto client = connect();
    const auto body = [](std::uint64_t id, std::string_view trace) {
        return boost::json::serialize(boost::json::array{spanJson(id, 0, "a", 0, 1, trace)});
    };
    client.postSpans(body(1, traceA), {{"X-Client-Instance", "run-1"}, {"X-Client-Installation", "studio"}});
    client.postSpans(body(2, "7d444840-9dc0-41d1-b245-5ffdce74fad2"), {{"X-Client-Instance", "run-2"}});
    EXPECT_EQ(client.request("DELETE", "/api/v1/installations/laptop").body, R"({"traces":0,"spans":0})");
    EXPECT_EQ(client.request("DELETE", "/api/v1/installations/studio").body, R"({"traces":1,"spans":1})");
    EXPECT_EQ(client.request("DELETE", "/api/v1/users/nobody").body, R"({"traces":0,"spans":0})");
    EXPECT_EQ(client.get("/api/v1/installations/studio")["Allow"], "DELETE");
    EXPECT_THAT(parse(client.get("/api/v1/traces")).at("traces").as_array(), SizeIs(1));
    EXPECT_THAT(parse(client.get("/api/v1/clients")).at("clients").as_array(), SizeIs(1));
}

TEST_F(CollectorHttpTest, ItsOwnSpanOfADeletionDoesNotNameWhoWasDeleted) {
    start();
    auto client = connect();
    EXPECT_EQ(client.request("DELETE", "/api/v1/users/anna", {}, context_).status, 200);
    const auto trace = client.get(fmt::format("/api/v1/traces/{}", traceA));
    EXPECT_THAT(trace.body, HasSubstr("DELETE /api/v1/users/{id}"));
    EXPECT_THAT(trace.body, ::testing::Not(HasSubstr("anna")));
}

TEST_F(CollectorHttpTest, TakesAwayOldSpansByItselfAndShowsWhatIsInForce) {
    auto now = std::chrono::system_clock::now() - std::chrono::days(31);
    options_.storeClock = [&] { return now; };
    start();
    connect().postSpans(boost::json::serialize(boost::json::array{spanJson(1, 0, "a", 0, 1)}));
    collector_.reset();
    now += std::chrono::days(31);
    options_.retention = {.days = 30, .keptDays = 90, .maxBytes = 1 << 30, .slowNanos = 2'000'000'000};
    start();
    auto client = connect();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (client.get(fmt::format("/api/v1/traces/{}", traceA)).status == 200 &&
           std::chrono::steady_clock::now() < end)
        continue;
    EXPECT_EQ(client.get(fmt::format("/api/v1/traces/{}", traceA)).status, 404);
    EXPECT_EQ(client.get("/healthz").body,
              R"({"status":"ok","retention":{"days":30,"keptDays":90,"maxBytes":1073741824,"slowMs":2000,)"
              R"("rollupDays":400}})");
}

TEST_F(CollectorHttpTest, ListsTheTracesOfAService) {
    start();
    auto client = connect();
    auto span = spanJson(1, 0, "a", 0, 1);
    span["serviceName"] = "LoopShare";
    client.postSpans(boost::json::serialize(boost::json::array{span}));
    EXPECT_EQ(trace(client).at("serviceName"), "LoopShare");
    EXPECT_EQ(trace(client).at("spans").at(0).at("serviceName"), "LoopShare");
    auto found = parse(client.get("/api/v1/traces?service=LoopShare")).at("traces").as_array();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].at("serviceName"), "LoopShare");
    EXPECT_THAT(parse(client.get("/api/v1/traces?service=Other")).at("traces").as_array(), IsEmpty());
}

TEST_F(CollectorHttpTest, StopsWithClientsConnected) {
    start();
    auto idle = connect();
    idle.get("/healthz");
    auto halfWay = connect();
    halfWay.send("GET / HT");
    collector_->stop();
    EXPECT_TRUE(idle.isClosedByServer());
    EXPECT_TRUE(halfWay.isClosedInTheEnd());  // refused in words, if it was accepted only while stopping
}

TEST_F(CollectorHttpTest, RefusesToStartWrongly) {
    auto failure = [&](auto change) {
        auto options = options_;
        change(options);
        try {
            Collector collector(options);
        } catch (const std::exception& error) {
            return std::string(error.what());
        }
        return std::string("started");
    };
    EXPECT_THAT(failure([](auto& o) { o.address = "0.0.0.0"; }), HasSubstr("a token is needed"));
    EXPECT_THAT(failure([](auto& o) { o.address = "::"; }), HasSubstr("a token is needed"));
    EXPECT_THAT(failure([](auto& o) { o.address = "localhost"; }), HasSubstr("is not an address"));
    EXPECT_THAT(failure([](auto& o) { o.retention.days = 0; }), HasSubstr("Retention::days is 0"));
    EXPECT_THAT(failure([](auto& o) { o.retention.maxBytes = -1; }), HasSubstr("Retention::maxBytes is -1"));
    EXPECT_THAT(failure([](auto& o) { o.retention.keptDays = 9; }), HasSubstr("more than Retention::days"));
    EXPECT_THAT(failure([](auto& o) { o.database = "/nowhere/spans.db"; }), HasSubstr("/nowhere/spans.db"));
    EXPECT_THAT(failure([](auto& o) { o.token = "two words"; }), HasSubstr("printable"));
    start();
    EXPECT_THAT(failure([&](auto& o) {
                    o.port = collector_->port();
                    o.database = directory_ / "other.db";
                }),
                HasSubstr(fmt::format("cannot listen on 127.0.0.1 port {}", collector_->port())));
}

}
}
