#include <chrono>
#include <deque>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include <sidespan/otlp/otlp_json.h>
#include <sidespan/otlp/otlp_protobuf.h>
#include <sidespan/otlp_reader/otlp_reader.h>
#include <sidespan_database/sqlite.h>
#include <sys/resource.h>
#include <boost/json/array.hpp>

#include "../unit/encodings/record_builder.h"
#include "collector_fixture.h"
#include "program.h"
#include "support/fault_server.h"
#include "support/sockets.h"

namespace sidespan::collector::testing {
namespace {

using namespace std::chrono_literals;
using sidespan::test::FaultServer;
namespace faults = sidespan::test::faults;

/// A collector that forwards the spans it accepts, as a separate program.
class ForwardTest : public CollectorTest {
protected:
    std::unique_ptr<Program> forwarder(const std::string& url, std::vector<std::string> more = {}) {
        std::vector<std::string> words{COLLECTOR_PROGRAM,
                                       "--listen",
                                       "127.0.0.1:0",
                                       "--database",
                                       (directory_ / "near.db").string(),
                                       "--port-file",
                                       (directory_ / "near.port").string(),
                                       "--forward",
                                       url};
        words.insert(words.end(), more.begin(), more.end());
        auto program = std::make_unique<Program>(directory_, std::move(words));
        program->readLine();
        std::ifstream(directory_ / "near.port") >> nearPort_;
        near_ = std::make_unique<Client>(nearPort_);
        return program;
    }

    boost::json::object forwarded() { return parse(near_->get("/healthz")).at("forward").as_object(); }
    std::int64_t count(const char* member) { return forwarded().at(member).to_number<std::int64_t>(); }

    static bool eventually(const std::function<bool()>& holds) {
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (std::chrono::steady_clock::now() < end)
            if (holds()) return true;
        return false;
    }

    void expectConserved() {
        const auto counts = forwarded();
        std::int64_t dropped = 0;
        for (const auto& [reason, spans] : counts.at("dropped").as_object())
            dropped += spans.to_number<std::int64_t>();
        const auto of = [&](const char* member) { return counts.at(member).to_number<std::int64_t>(); };
        EXPECT_EQ(of("taken") + of("recovered"), of("delivered") + of("waiting") + dropped);
        EXPECT_EQ(dropped, 0);
    }

    /// The spans of `traceA` at the collector of this process.
    std::set<std::string> arrived() {
        const auto answer = connect().get(fmt::format("/api/v1/traces/{}", traceA));
        std::set<std::string> ids;
        if (answer.status != 200) return ids;
        const auto trace = parse(answer);
        for (const auto& span : trace.at("spans").as_array())
            ids.insert(std::string(span.at("spanId").as_string()));
        return ids;
    }

    void postSpans(std::uint64_t first, std::uint64_t last, std::size_t bytes = 0) {
        boost::json::array spans;
        for (auto id = first; id <= last; ++id) {
            auto span = spanJson(id, 0, "work", 0, 10);
            if (bytes != 0) span["attributes"] = {{"text", std::string(bytes, 'x')}};
            spans.push_back(std::move(span));
        }
        const auto answer = near_->postSpans(boost::json::serialize(spans));
        EXPECT_EQ(answer.status, 200) << answer.body;
    }

    static boost::json::object spanOf(std::uint64_t trace, std::string_view name = "work") {
        auto span = spanJson(1, 0, name, 0, 10);
        span["traceId"] = fmt::format("{:08x}-5e6f-4a0b-8c1d-2e3f4a5b6c7d", trace);
        return span;
    }

    /// Keeps the database busy until all have arrived.
    std::vector<Client::Response> postTogether(const std::vector<boost::json::array>& requests) {
        database::Database other(directory_ / "near.db", database::Database::Mode::readWrite);
        std::vector<std::thread> clients;
        std::vector<Client::Response> answers(requests.size());
        {
            database::Transaction held(other);  // nobody else can write now
            for (std::size_t i = 0; i < requests.size(); ++i) {
                clients.emplace_back([&, i] {
                    answers[i] = Client(nearPort_).postSpans(boost::json::serialize(requests[i]));
                });
            }
            EXPECT_TRUE(eventually([&] { return waitingPosts() == requests.size(); }));
        }
        for (auto& client : clients) client.join();
        return answers;
    }
    std::uint64_t waitingPosts() {
        constexpr std::string_view name = "\nsidespan_collector_waiting_posts ";
        const auto metrics = near_->get("/metrics").body;
        return std::stoull(metrics.substr(metrics.find(name) + name.size()));
    }

    std::uint16_t nearPort_ = 0;
    std::unique_ptr<Client> near_;
};

std::string otlpBody(auto encoding, std::uint64_t id) {
    const auto trace = *TraceId::parse(traceA);
    RecordBuilder builder("POST /loops");
    builder.item().traceHigh = trace.high();
    builder.item().traceLow = trace.low();
    builder.item().spanId = id;
    builder.item().parentId = 1;
    builder.item().start = 1'766'012'345'000'000'000;
    builder.item().end = 1'766'012'345'005'000'000;
    builder.kind(SpanKind::server);
    builder.text("http.route", "/loops");
    builder.traceState("a=b");
    builder.status(SpanStatus::ok);
    TextBuffer out;
    encoding.open(out, {{"backend", "7"}, ClientType::server, {{"team", "loops"}}});
    encoding.append(out, SpanView(builder.finish().data()));
    encoding.close(out);
    return std::string(out.view());
}

TEST_F(ForwardTest, PassesOnWhateverItTakes) {
    options_.token = "far";
    start();
    const auto program =
        forwarder(collector_->url() + "/v1/traces", {"--forward-header", "Authorization: Bearer far"});
    const auto native = boost::json::serialize(
        boost::json::object{{"resource", {{"daw.name", "Ardour"}}},
                            {"serviceName", "LoopShare"},
                            {"clientVersion", "1.2.0"},
                            {"spans", boost::json::array{spanJson(1, 0, "loop.share", 0, 10)}}});
    EXPECT_EQ(near_->postSpans(native).status, 200);
    EXPECT_EQ(near_->postSpans(native).status, 200) << "what is stored already is not passed on again";
    for (const auto& [body, type] : {std::pair(otlpBody(OtlpProtobuf(), 2), "application/x-protobuf"),
                                     std::pair(otlpBody(OtlpJson(), 3), "application/json")})
        EXPECT_EQ(near_->post("/v1/traces", body, {{"Content-Type", type}}).status, 200);
    ASSERT_TRUE(eventually([&] { return count("delivered") == 3; }));
    expectConserved();
    const auto stored =
        parse(connect().get(fmt::format("/api/v1/traces/{}", traceA), {{"Authorization", "Bearer far"}}));
    ASSERT_EQ(stored.at("spanCount"), 3);
    const auto resourceOf = [&](std::size_t span) {
        return stored.at("resources").at(stored.at("spans").at(span).at("resource").to_number<std::size_t>());
    };
    EXPECT_EQ(stored.at("spans").at(0).at("clientType"), "plugin");
    EXPECT_EQ(stored.at("spans").at(0).at("serviceName"), "LoopShare");
    EXPECT_EQ(resourceOf(0).at("daw.name"), "Ardour");
    EXPECT_EQ(stored.at("spans").at(1).at("tier"), "server");
    EXPECT_EQ(stored.at("spans").at(1).at("attributes").at("http.route"), "/loops");
    EXPECT_EQ(resourceOf(1).at("team"), "loops");
    program->signal(SIGTERM);
    EXPECT_EQ(program->wait(), 0);
}

// Two scopes of one resource, and our own.
TEST_F(ForwardTest, PassesOnTraceStateStatusFlagsAndScopes) {
    FaultServer target;
    target.otherwise(faults::answer(200, "", {{"Content-Type", "application/x-protobuf"}}));
    const auto program = forwarder(target.url());
    const auto json = fmt::format(
        R"({{"resourceSpans":[{{"resource":{{"attributes":[]}},"scopeSpans":[
          {{"scope":{{"name":"http","version":"2.1","attributes":[{{"key":"short","value":{{"boolValue":true}}}}]}},
            "spans":[{{"traceId":"{0}","spanId":"{1:016x}","name":"GET","traceState":"ot=th:8","flags":769,
                      "startTimeUnixNano":"5","endTimeUnixNano":"6",
                      "links":[{{"traceId":"{0}","spanId":"{2:016x}","traceState":"a=b","flags":257}}]}}]}},
          {{"scope":{{"name":"sql"}},
            "spans":[{{"traceId":"{0}","spanId":"{2:016x}","name":"SELECT","startTimeUnixNano":"5",
                      "endTimeUnixNano":"6","status":{{"code":1}}}}]}}]}}]}})",
        TraceId::parse(traceA)->toHex(), 1, 2);
    EXPECT_EQ(near_->post("/v1/traces", json, {{"Content-Type", "application/json"}}).status, 200);
    EXPECT_EQ(
        near_->post("/v1/traces", otlpBody(OtlpProtobuf(), 3), {{"Content-Type", "application/x-protobuf"}})
            .status,
        200);
    auto native = spanJson(4, 0, "loop.share", 0, 10);
    native["traceState"] = "ot=th:c,rojo=1";
    EXPECT_EQ(near_->postSpans(boost::json::serialize(boost::json::array{native})).status, 200);
    ASSERT_TRUE(eventually([&] { return count("delivered") == 4; }));
    std::map<std::string, boost::json::object> spans;
    for (const auto& request : target.requests()) {
        readOtlpProtobuf(request.body, [&](boost::json::object span) {
            const std::string id(span.at("spanId").as_string());
            spans[id] = std::move(span);
        });
    }
    ASSERT_EQ(spans.size(), 4U);
    const auto& get = spans["0000000000000001"];
    EXPECT_EQ(get.at("traceState"), "ot=th:8");
    EXPECT_EQ(get.at("flags"), 769U);
    EXPECT_EQ(get.at("links").at(0).at("traceState"), "a=b");
    EXPECT_EQ(get.at("links").at(0).at("flags"), 257U);
    EXPECT_EQ(boost::json::serialize(get.at("scope")),
              R"({"name":"http","version":"2.1","attributes":{"short":true}})");
    EXPECT_EQ(boost::json::serialize(spans["0000000000000002"].at("scope")), R"({"name":"sql"})");
    EXPECT_FALSE(spans["0000000000000002"].contains("flags"));
    EXPECT_EQ(spans["0000000000000002"].at("statusCode"), 1U);
    EXPECT_EQ(spans["0000000000000003"].at("scope").at("name"), "sidespan");
    EXPECT_EQ(spans["0000000000000003"].at("traceState"), "a=b");
    EXPECT_EQ(spans["0000000000000003"].at("statusCode"), 1U);
    EXPECT_EQ(spans["0000000000000004"].at("traceState"), "ot=th:c,rojo=1");
    EXPECT_FALSE(spans["0000000000000004"].contains("statusCode"))
        << "native JSON says ok of all that is no error";
    EXPECT_EQ(spans["0000000000000003"].at("flags").to_number<unsigned>() & 0x100U, 0x100U);
}

TEST_F(ForwardTest, PassesOnSpansOfManyProductsInOneRequest) {
    start();
    const auto program = forwarder(collector_->url());
    boost::json::array spans;
    for (std::uint64_t id = 1; id <= 40; ++id) {
        auto span = spanJson(id, 0, "work", 0, 10);
        span["serviceName"] = id <= 20 ? "large" : fmt::format("product-{}", id);
        spans.push_back(std::move(span));
    }
    EXPECT_EQ(near_->postSpans(boost::json::serialize(spans)).status, 200);
    ASSERT_TRUE(eventually([&] { return count("delivered") == 40; }));
    expectConserved();
    const auto stored = parse(connect().get(fmt::format("/api/v1/traces/{}", traceA)));
    std::set<std::string> services;
    for (const auto& span : stored.at("spans").as_array())
        services.insert(std::string(span.at("serviceName").as_string()));
    EXPECT_EQ(services.size(), 21U);
}

TEST_F(ForwardTest, LosesNothingWhenItIsKilledWhileTheTargetIsAway) {
    const auto reserved = test::sockets::reserve(options_.port);
    start();
    const auto url = collector_->url();
    collector_.reset();  // nobody listens there now
    auto program = forwarder(url);
    for (std::uint64_t id = 1; id <= 100; id += 10) postSpans(id, id + 9);
    EXPECT_EQ(count("waiting"), 100);
    program->signal(SIGKILL);
    EXPECT_EQ(program->wait(), 128 + SIGKILL);
    program = forwarder(url);
    postSpans(101, 110);
    start();
    EXPECT_TRUE(eventually([&] { return count("delivered") == 110; })) << boost::json::serialize(forwarded());
    EXPECT_EQ(count("recovered"), 100);
    expectConserved();
    EXPECT_EQ(arrived().size(), 110U);
    test::sockets::close(reserved);
}

TEST_F(ForwardTest, TriesAgainWhatTheTargetIsTooBusyFor) {
    FaultServer target;
    target.then(2, faults::answer(503, "", {{"Content-Type", "application/x-protobuf"}}));
    target.otherwise(faults::answer(200, "", {{"Content-Type", "application/x-protobuf"}}));
    const auto program = forwarder(target.url());
    postSpans(1, 5);
    ASSERT_TRUE(eventually([&] { return count("delivered") == 5; }));
    expectConserved();
    const auto requests = target.requests();
    ASSERT_EQ(requests.size(), 3U);
    EXPECT_EQ(requests[2].target, "/v1/traces");
    EXPECT_EQ(requests[2].header("content-type"), "application/x-protobuf");
    EXPECT_EQ(requests[2].body, requests[0].body);
    EXPECT_EQ(requests[2].header("idempotency-key"), requests[0].header("idempotency-key"));
}

TEST_F(ForwardTest, LetsClientsKeepWhatItMayNotKeep) {
    FaultServer target;
    target.otherwise(faults::answer(503));
    const auto program = forwarder(target.url(), {"--forward-outbox=1"});
    postSpans(1, 12, 50'000);
    postSpans(13, 24, 50'000);
    const auto refused =
        near_->postSpans(boost::json::serialize(boost::json::array{spanJson(99, 0, "work", 0, 10)}));
    EXPECT_EQ(refused.status, 503);
    EXPECT_FALSE(refused["Retry-After"].empty());
    EXPECT_THAT(errorOf(refused), HasSubstr("--forward-outbox"));
    EXPECT_EQ(count("waiting"), 24);
    target.otherwise(faults::answer(200, "", {{"Content-Type", "application/x-protobuf"}}));
    ASSERT_TRUE(eventually([&] { return count("delivered") == 24; }));
    postSpans(99, 99);
    expectConserved();
}

// All requests may be accepted before the first one is in the outbox.
TEST_F(ForwardTest, LetsClientsKeepWhatComesAtOnce) {
    FaultServer target;
    target.otherwise(faults::answer(503));
    const auto program = forwarder(target.url(), {"--forward-outbox=1"});
    std::vector<std::thread> clients;
    std::mutex mutex;
    std::map<int, int> answers;
    for (std::uint64_t first = 1; first <= 4 * 24; first += 24) {
        clients.emplace_back([&, first] {
            boost::json::array spans;
            for (auto id = first; id < first + 24; ++id) {
                auto span = spanJson(id, 0, "work", 0, 10);
                span["attributes"] = {{"text", std::string(50'000, 'x')}};
                spans.push_back(std::move(span));
            }
            Client client(nearPort_);
            const auto answer = client.postSpans(boost::json::serialize(spans));
            const std::lock_guard lock(mutex);
            ++answers[answer.status];
        });
    }
    for (auto& client : clients) client.join();
    EXPECT_EQ(answers, (std::map<int, int>{{200, 1}, {503, 3}}));
    EXPECT_EQ(count("waiting"), 24);
    expectConserved();
}

// What arrives while the database is busy is stored, and forwarded, together.
TEST_F(ForwardTest, PassesOnManySmallRequestsInFew) {
    FaultServer target;
    target.otherwise(faults::answer(200, "", {{"Content-Type", "application/x-protobuf"}}));
    const auto program = forwarder(target.url());
    std::vector<boost::json::array> requests;
    for (std::uint64_t i = 0; i < 32; ++i) {
        auto span = spanOf(i);
        boost::json::array spans{span};
        span["spanId"] = "no id";
        spans.resize(1 + i, span);
        requests.push_back(std::move(spans));
    }
    const auto answers = postTogether(requests);
    for (std::uint64_t i = 0; i < requests.size(); ++i) {
        const auto answer = boost::json::parse(answers[i].body);
        EXPECT_EQ(answer.at("accepted"), 1) << answers[i].body;
        EXPECT_EQ(answer.at("rejected"), i) << answers[i].body;
    }
    ASSERT_TRUE(eventually([&] { return count("delivered") == 32; }));
    EXPECT_LE(target.requestCount(), 2U) << "one for those that came first, one for the others";
    expectConserved();
}

TEST_F(ForwardTest, StoresAllButWhatTheDatabaseDoesNotTake) {
    FaultServer target;
    target.otherwise(faults::answer(200, "", {{"Content-Type", "application/x-protobuf"}}));
    const auto program = forwarder(target.url());
    database::Database(directory_ / "near.db", database::Database::Mode::readWrite)
        .execute(
            "CREATE TRIGGER bad BEFORE INSERT ON client_telemetry_spans WHEN new.name = 'bad' "
            "BEGIN SELECT RAISE(ABORT, 'bad'); END");
    std::vector<boost::json::array> requests;
    for (std::uint64_t i = 0; i < 32; ++i) requests.push_back({spanOf(i, i == 9 ? "bad" : "work")});
    const auto answers = postTogether(requests);
    for (std::uint64_t i = 0; i < requests.size(); ++i)
        EXPECT_EQ(answers[i].status, i == 9 ? 503 : 200) << i << answers[i].body;
    postSpans(1, 1);  // until one is stored, /healthz may say no more than that the last was not
    EXPECT_TRUE(eventually([&] { return count("delivered") >= 32; }));
}

// Forwarded spans must not be much larger than the request, or the outbox has no room for them.
TEST_F(ForwardTest, RepeatsNoLongResource) {
    FaultServer target;
    target.otherwise(faults::answer(503));
    const auto program = forwarder(target.url(), {"--forward-outbox=1"});
    boost::json::array resources;
    for (std::uint64_t first = 1; first <= 4 * 8; first += 8) {
        boost::json::array spans;
        for (auto id = first; id < first + 8; ++id)
            spans.push_back({{"traceId", "0af7651916cd43dd8448eb211c80319c"},
                             {"spanId", fmt::format("{:016x}", id)},
                             {"name", "work"},
                             {"startTimeUnixNano", "1766012345000000000"},
                             {"endTimeUnixNano", "1766012345005000000"}});
        boost::json::array attributes{
            {{"key", "service.name"}, {"value", {{"stringValue", std::to_string(first)}}}}};
        for (int i = 0; i < 4; ++i)
            attributes.push_back(
                {{"key", fmt::format("text{}", i)}, {"value", {{"stringValue", std::string(50'000, 'x')}}}});
        resources.push_back({{"resource", {{"attributes", std::move(attributes)}}},
                             {"scopeSpans", boost::json::array{{{"spans", std::move(spans)}}}}});
    }
    const auto body = boost::json::serialize(boost::json::object{{"resourceSpans", std::move(resources)}});
    ASSERT_LT(body.size(), std::size_t{1} << 20U);
    EXPECT_EQ(near_->post("/v1/traces", body, {{"Content-Type", "application/json"}}).status, 200);
    EXPECT_EQ(count("waiting"), 32);
    postSpans(100, 100);  // there is room for more
}

TEST_F(ForwardTest, LeavesItselfFilesWhereClientsTakeAllTheyMay) {
    FaultServer target;
    target.otherwise(faults::answer(200, "", {{"Content-Type", "application/x-protobuf"}}));
    rlimit usual{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
    auto few = usual;
    few.rlim_cur = 200;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    const auto program = forwarder(target.url());
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
    std::deque<Client> idle;
    for (int i = 0; i < 200; ++i) idle.emplace_back(nearPort_);
    for (std::uint64_t first = 1; first <= 91; first += 10) {
        near_ = std::make_unique<Client>(nearPort_);
        postSpans(first, first + 9);
    }
    EXPECT_TRUE(eventually([&] { return count("delivered") == 100; }));
    EXPECT_THAT(program->errors(), Not(HasSubstr("Too many open files")));
}

TEST_F(ForwardTest, SaysWhichOptionIsWrong) {
    const auto errorsOf = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {COLLECTOR_PROGRAM, "--listen", "127.0.0.1:0", "--database",
                                     (directory_ / "x.db").string()});
        Program program(directory_, std::move(words));
        program.readAll();
        EXPECT_NE(program.wait(), 0);
        return program.errors();
    };
    EXPECT_THAT(errorsOf({"--forward", "far:4318"}), HasSubstr("--forward is \"far:4318\""));
    EXPECT_THAT(errorsOf({"--forward", "http://far", "--forward-header", "no colon"}),
                HasSubstr("name: value"));
    EXPECT_THAT(errorsOf({"--forward", "http://far", "--forward-header", "Content-Type: x"}),
                AllOf(HasSubstr("--forward-header"), HasSubstr("Content-Type")));
    EXPECT_THAT(errorsOf({"--forward", "http://far", "--forward-outbox", "0"}), HasSubstr("from 1 to"));
}

}
}
