#include <fstream>
#include <functional>
#include <mutex>

#include <sidespan/sink_http/http_sink.h>
#include <sidespan_collector/tokens.h>
#include <sys/stat.h>
#include <boost/json/array.hpp>

#include "collector_fixture.h"
#include "program.h"
#include "support/manual_delivery_clock.h"
#include "support/patience.h"
#include "support/span_records.h"

namespace sidespan::collector::testing {
namespace {

using http_server::Scope;

/// Who may do what, and how often.
class CollectorAccessTest : public CollectorTest {
protected:
    CollectorAccessTest() {
        options_.onRefusal = [this](std::string_view line) {
            const std::lock_guard lock(mutex_);
            refusals_.emplace_back(line);
        };
    }

    std::string tokenFor(http_server::Scopes scopes, const std::string& owner) {
        return Tokens(options_.database.string()).create(scopes, owner).token;
    }
    static Headers with(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }
    std::vector<std::string> refusals() {
        const std::lock_guard lock(mutex_);
        return refusals_;
    }
    static std::string spans(std::uint64_t id, std::uint64_t parent, std::string_view trace) {
        return boost::json::serialize(boost::json::array{spanJson(id, parent, "work", 0, 5, trace)});
    }
    static std::vector<std::string> idsIn(const Client::Response& list) {
        std::vector<std::string> ids;
        const auto json = parse(list);
        for (const auto& trace : json.at("traces").as_array())
            ids.emplace_back(trace.at("traceId").as_string());
        return ids;
    }
    static bool eventually(const std::function<bool()>& holds) {
        const auto end = std::chrono::steady_clock::now() + test::patience;
        while (std::chrono::steady_clock::now() < end)
            if (holds()) return true;
        return false;
    }

    static constexpr std::string_view traceB = "1b2c3d4e-16cd-43dd-8448-eb211c80319c";
    static constexpr std::string_view traceC = "2c3d4e5f-16cd-43dd-8448-eb211c80319c";

    std::mutex mutex_;
    std::vector<std::string> refusals_;
};

TEST_F(CollectorAccessTest, EachScopeIsForItsOwnRoutes) {
    const auto ingest = tokenFor({Scope::ingest}, "web");
    const auto read = tokenFor({Scope::read}, "web");
    const auto readAll = tokenFor({Scope::readAll}, "ann");
    const auto metrics = tokenFor({Scope::metrics}, "prometheus");
    const auto admin = tokenFor({Scope::admin}, "root");
    start();
    auto client = connect();
    const auto statuses = [&](const std::string& token) {
        std::vector<int> all{client.postSpans(spans(1, 0, traceA), with(token)).status};
        for (const auto* path : {"/api/v1/traces", "/api/v1/clients", "/metrics", "/healthz"})
            all.push_back(client.get(path, with(token)).status);
        return all;
    };
    EXPECT_THAT(statuses(ingest), ElementsAre(200, 403, 403, 403, 200));
    EXPECT_THAT(statuses(read), ElementsAre(403, 200, 200, 403, 200));
    EXPECT_THAT(statuses(readAll), ElementsAre(403, 200, 200, 403, 200));
    EXPECT_THAT(statuses(metrics), ElementsAre(403, 403, 403, 200, 200));
    EXPECT_THAT(statuses(admin), ElementsAre(200, 200, 200, 200, 200));
    auto wrong = ingest;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    EXPECT_THAT(statuses(wrong), ElementsAre(401, 401, 401, 401, 200));
    EXPECT_THAT(statuses("sst_"), ElementsAre(401, 401, 401, 401, 200));
    auto refused = client.get("/api/v1/traces", with(ingest));
    EXPECT_EQ(errorOf(refused), "this needs a token with the scope read; this one has ingest");
}

TEST_F(CollectorAccessTest, ATokenIsStoredAsAHashAndMayBeRevoked) {
    Tokens tokens(options_.database.string());
    const auto created = tokens.create({Scope::ingest, Scope::read}, "ann");
    EXPECT_THAT(created.token, StartsWith("sst_" + created.id + "_"));
    EXPECT_THAT(created.token, SizeIs(85));
    const auto secret = created.token.substr(created.token.size() - 64);
    start();
    auto client = connect();
    EXPECT_EQ(client.get("/api/v1/traces", with(created.token)).status, 200);
    EXPECT_EQ(client.get("/api/v1/traces").status, 401) << "once there is a token, everyone needs one";
    const auto later = tokens.create({Scope::admin}, "later");
    EXPECT_TRUE(eventually([&] { return client.get("/metrics", with(later.token)).status == 200; }));
    EXPECT_FALSE(tokens.revoke("0000000000000000"));
    EXPECT_TRUE(tokens.revoke(created.id));
    EXPECT_FALSE(tokens.revoke(created.id));
    EXPECT_TRUE(eventually([&] { return client.get("/api/v1/traces", with(created.token)).status == 401; }));
    EXPECT_THAT(refusals().back(), HasSubstr("kind=token status=401 address=127.0.0.1 token=" + created.id));
    EXPECT_TRUE(tokens.revoke(later.id));
    const auto entries = tokens.list();
    ASSERT_THAT(entries, SizeIs(2));
    EXPECT_EQ(entries[0].owner, "ann");
    EXPECT_GT(entries[0].revokedUnixMs, 0);
    collector_.reset();
    start();
    EXPECT_EQ(connect().get("/api/v1/traces").status, 401) << "the last token's end opens nothing";
    collector_.reset();
    for (const auto& file : std::filesystem::directory_iterator(directory_)) {
        std::ifstream stream(file.path());
        const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
        EXPECT_EQ(bytes.find(secret), bytes.npos) << file.path();
    }
}

TEST_F(CollectorAccessTest, OwnersAndScopesAreChecked) {
    Tokens tokens(options_.database.string());
    for (const auto& owner :
         {std::string(), std::string(65, 'a'), std::string("a\nb"), std::string("\xc3\xa9")})
        EXPECT_THROW(static_cast<void>(tokens.create({Scope::read}, owner)), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(tokens.create({}, "ann")), std::invalid_argument);
    EXPECT_THAT(tokens.list(), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(options_.database)) << "nothing was written";
}

TEST_F(CollectorAccessTest, UsersSeeTheirOwnTraces) {
    const auto ann = with(tokenFor({Scope::ingest, Scope::read}, "ann"));
    const auto ben = with(tokenFor({Scope::ingest, Scope::read}, "ben"));
    const auto all = with(tokenFor({Scope::readAll}, "support"));
    start();
    auto client = connect();
    const auto post = [&](const Headers& who, std::uint64_t id, std::uint64_t parent,
                          std::string_view trace) {
        auto headers = who;
        headers["X-Client-Instance"] = who == ann ? "of-ann" : "of-ben";
        EXPECT_EQ(client.postSpans(spans(id, parent, trace), headers).status, 200);
    };
    post(ann, 1, 0, traceA);
    post(ben, 2, 1, traceA);  // the backend of ann's request
    post(ben, 3, 0, traceA);  // who knows the id does not get the trace
    post(ben, 4, 0, traceB);
    post(ben, 5, 9, traceC);
    post(ann, 9, 0, traceC);  // nor does who sends a root later
    const auto statusOf = [&](const Headers& who, std::string_view trace) {
        return client.get(fmt::format("/api/v1/traces/{}", trace), who).status;
    };
    EXPECT_EQ(statusOf(ann, traceA), 200);
    EXPECT_EQ(statusOf(ann, traceB), 404);
    EXPECT_EQ(statusOf(ann, traceC), 404);
    EXPECT_EQ(statusOf(ben, traceA), 404);
    EXPECT_EQ(statusOf(ben, traceB), 200);
    EXPECT_EQ(statusOf(ben, traceC), 200);
    EXPECT_EQ(client.get(fmt::format("/api/v1/traces/{}", traceB), ann).body,
              client.get("/api/v1/traces/7d444840-9dc0-41d1-b245-5ffdce74fad2", ann).body)
        << "what is another's looks like what is not there";
    for (const auto* search : {"/api/v1/traces", "/api/v1/traces?q=work", "/api/v1/traces?name=work"}) {
        EXPECT_THAT(idsIn(client.get(search, ann)), ElementsAre(traceA)) << search;
        EXPECT_THAT(idsIn(client.get(search, ben)), ::testing::UnorderedElementsAre(traceB, traceC))
            << search;
        EXPECT_THAT(idsIn(client.get(search, all)), SizeIs(3)) << search;
    }
    const auto clientsOf = [&](const Headers& who) {
        std::vector<std::string> instances;
        const auto answer = parse(client.get("/api/v1/clients", who));
        for (const auto& each : answer.at("clients").as_array())
            instances.emplace_back(each.at("instance").as_string());
        return instances;
    };
    EXPECT_THAT(clientsOf(ann), ElementsAre("of-ann"));
    EXPECT_THAT(clientsOf(ben), ElementsAre("of-ben"));
    EXPECT_THAT(clientsOf(all), SizeIs(2));
    auto trace = parse(client.get(fmt::format("/api/v1/traces/{}", traceA), ann));
    EXPECT_EQ(trace.at("spanCount"), 3) << "a trace is shown whole";
}

TEST_F(CollectorAccessTest, WhoSignedInSendsAndReadsTheirOwn) {
    const http_server::TokenSigner signer("a key of sixteen");
    options_.token = "own";
    options_.userTokens = signer;
    start();
    auto client = connect();
    const auto signedIn = [&](const std::string& user) {
        return with(
            signer.sign({user, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) +
                                   std::chrono::hours(1)}));
    };
    EXPECT_EQ(client.postSpans(spans(1, 0, traceA), signedIn("ann")).status, 200);
    EXPECT_THAT(idsIn(client.get("/api/v1/traces", signedIn("ann"))), ElementsAre(traceA));
    EXPECT_THAT(idsIn(client.get("/api/v1/traces", signedIn("ben"))), IsEmpty());
    EXPECT_THAT(idsIn(client.get("/api/v1/traces", with("own"))), ElementsAre(traceA))
        << "the server's own is admin";
    EXPECT_EQ(client.get("/metrics", signedIn("ann")).status, 403);
}

TEST_F(CollectorAccessTest, WhoMayOnlyReadLeavesNoSpans) {
    const auto read = tokenFor({Scope::readAll}, "ann");
    start();
    auto client = connect();
    auto headers = with(read);
    headers["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-00000000000000aa-01";
    EXPECT_EQ(client.get("/api/v1/traces", headers).status, 200);
    EXPECT_EQ(client.get(fmt::format("/api/v1/traces/{}", traceA), with(read)).status, 404);
}

TEST_F(CollectorAccessTest, WhatTheLimitsDoNotCountLeavesNoSpans) {
    const auto token = tokenFor({Scope::ingest, Scope::read}, "web");
    options_.requestLimits = {.perToken = 3};
    options_.limitClock = [] { return http_server::RateTable::Clock::time_point(); };
    start();
    auto client = connect();
    auto headers = with(token);
    headers["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-00000000000000aa-01";
    for (const auto* path : {"/nothing", "/healthz", "/", "/api/v1/users/ann", "/api/v1/rollups"})
        EXPECT_NE(client.get(path, headers)["X-Trace-ID"], "") << path;
    EXPECT_EQ(client.get(fmt::format("/api/v1/traces/{}", traceA), with(token)).status, 404);
    EXPECT_EQ(client.get("/api/v1/traces", headers).status, 200);
    EXPECT_EQ(client.get(fmt::format("/api/v1/traces/{}", traceA), headers).status, 200);
    EXPECT_EQ(client.get("/api/v1/traces", headers).status, 429);
    collector_.reset();
    options_.requestLimits = {};
    start();
    const auto stored = parse(connect().get(fmt::format("/api/v1/traces/{}", traceA), with(token)));
    std::vector<std::string> names;
    for (const auto& span : stored.at("spans").as_array())
        if (span.at("kind") == "server") names.emplace_back(span.at("name").as_string());
    EXPECT_THAT(names, ElementsAre("GET /api/v1/traces", "GET /api/v1/traces/{id}"));
}

TEST_F(CollectorAccessTest, OnlyAnAdminDeletes) {
    const auto admin = with(tokenFor({Scope::admin}, "root"));
    const auto ann = tokenFor({Scope::ingest, Scope::read}, "ann");
    const std::vector<std::string> others{ann, tokenFor({Scope::ingest}, "ann"),
                                          tokenFor({Scope::read}, "ann"),
                                          tokenFor({Scope::ingest, Scope::readAll, Scope::metrics}, "ben")};
    start();
    auto client = connect();
    auto headers = with(ann);
    headers["X-Client-Installation"] = "studio";
    EXPECT_EQ(client.postSpans(spans(1, 0, traceA), headers).status, 200);
    for (const auto* path : {"/api/v1/users/ann", "/api/v1/installations/studio"}) {
        for (const auto& token : others) {
            const auto refused = client.request("DELETE", path, {}, with(token));
            EXPECT_EQ(refused.status, 403) << path;
            EXPECT_THAT(errorOf(refused),
                        StartsWith("this needs a token with the scope admin; this one has"));
        }
        EXPECT_EQ(client.request("DELETE", path).status, 401) << path;
        EXPECT_EQ(client.request("DELETE", path, {}, with(ann + "0")).status, 401) << path;
    }
    const auto audited = refusals();
    EXPECT_THAT(audited, SizeIs(2 * (others.size() + 2)));
    for (const auto& token : others) {
        const auto id = token.substr(4, 16);
        for (const auto* route : {"/api/v1/users/{id}", "/api/v1/installations/{id}"})
            EXPECT_THAT(audited, Contains(HasSubstr(fmt::format(
                                     "refused kind=scope status=403 address=127.0.0.1 token={} "
                                     "route=\"DELETE {}\" reason=\"this needs a token with the scope admin",
                                     id, route))));
    }
    EXPECT_THAT(idsIn(client.get("/api/v1/traces", with(ann))), ElementsAre(traceA)) << "nothing is gone";
    EXPECT_EQ(client.request("DELETE", "/api/v1/users/ann", {}, admin).body, R"({"traces":1,"spans":1})");
}

TEST_F(CollectorAccessTest, DeletesAnOwnerWithASlash) {
    const auto admin = with(tokenFor({Scope::admin}, "root"));
    const auto bob = with(tokenFor({Scope::ingest}, "team/bob"));
    start();
    auto client = connect();
    EXPECT_EQ(client.postSpans(spans(1, 0, traceA), bob).status, 200);
    EXPECT_EQ(client.request("DELETE", "/api/v1/users/team/bob", {}, admin).status, 404);
    EXPECT_EQ(client.request("DELETE", "/api/v1/users%2Fteam/bob", {}, admin).status, 400);
    EXPECT_EQ(client.request("DELETE", "/api/v1/users/team%2Fbob", {}, admin).body,
              R"({"traces":1,"spans":1})");
    EXPECT_EQ(client.get("/api/v1/traces/a%2Fb", admin).status, 400);
}

TEST_F(CollectorAccessTest, WhoReadsOnlyTheirOwnReadsNoRollups) {
    const auto ann = tokenFor({Scope::ingest, Scope::read}, "ann");
    const auto all = tokenFor({Scope::readAll}, "support");
    start();
    auto client = connect();
    EXPECT_EQ(client.postSpans(spans(1, 0, traceA), with(ann)).status, 200);
    const auto refused = client.get("/api/v1/rollups", with(ann));
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(errorOf(refused), "this needs a token with the scope read-all; this one has ingest,read");
    EXPECT_EQ(client.get("/api/v1/rollups").status, 401);
    EXPECT_EQ(client.get("/api/v1/rollups", with(all)).status, 200);
}

TEST_F(CollectorAccessTest, WithoutATokenItRefusesWhatAProxyPassesOnFromOtherMachines) {
    start();
    auto client = connect();
    const auto statusFor = [&](const std::string& addresses) {
        return client.get("/api/v1/traces", {{"X-Forwarded-For", addresses}}).status;
    };
    EXPECT_EQ(statusFor("203.0.113.7"), 403);
    EXPECT_EQ(statusFor("127.0.0.1, 2001:db8::1"), 403) << "the first one is what the client wrote";
    EXPECT_EQ(statusFor("203.0.113.7:4711"), 403);
    EXPECT_EQ(statusFor("127.0.0.1"), 200);
}

TEST_F(CollectorAccessTest, RequestsOfAnAddressAreLimited) {
    options_.requestLimits = {.perAddress = 2};
    options_.limitClock = [] { return http_server::RateTable::Clock::time_point(); };
    options_.proxies = http_server::TrustedProxies({"127.0.0.1"});
    options_.token = "secret";
    start();
    auto client = connect();
    const auto from = [](const char* addresses) {
        return Headers{{"X-Forwarded-For", addresses}, {"Authorization", "Bearer secret"}};
    };
    EXPECT_EQ(client.postSpans(spans(1, 0, traceA), from("203.0.113.7")).status, 200);
    EXPECT_EQ(client.get("/api/v1/traces", from("198.51.100.1, 203.0.113.7")).status, 200);
    auto refused = client.get("/api/v1/traces", from("198.51.100.2, 203.0.113.7"));
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused["Retry-After"], "30");
    EXPECT_EQ(errorOf(refused), "too many requests of this address; try again in 30 s");
    EXPECT_EQ(client.get("/api/v1/traces", from("203.0.113.8")).status, 200);
    EXPECT_EQ(client.get("/healthz", from("203.0.113.7")).status, 200) << "what needs no token has no limit";
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(client.get("/api/v1/traces", with("secret")).status, 200) << "nor has this machine";
    EXPECT_THAT(refusals(),
                ElementsAre(ContainsRegex("refused kind=address_limit status=429 address=203.0.113.7 "
                                          "token=own route=\"GET /api/v1/traces\" reason=\"too many")));
    auto page = client.get("/metrics", with("secret"));
    EXPECT_THAT(page.body, HasSubstr("refusals_total{kind=\"address_limit\"} 1\n"));
}

TEST_F(CollectorAccessTest, AnAddressIsNotBelievedFromJustAnyone) {
    options_.requestLimits = {.perAddress = 1};
    options_.limitClock = [] { return http_server::RateTable::Clock::time_point(); };
    options_.token = "secret";
    start();
    auto client = connect();
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(client
                      .get("/api/v1/traces",
                           {{"X-Forwarded-For", "203.0.113.7"}, {"Authorization", "Bearer secret"}})
                      .status,
                  200)
            << "it is this machine";
}

TEST_F(CollectorAccessTest, AChunkedBodyIsCountedToo) {
    const auto token = tokenFor({Scope::ingest}, "web");
    options_.requestLimits = {.perToken = 10};
    options_.limitClock = [] { return http_server::RateTable::Clock::time_point(); };
    start();
    auto client = connect();
    const std::string blanks(700'000, ' ');
    client.send(
        fmt::format("POST {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Type: "
                    "application/json\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n[]{}\r\n0\r\n\r\n",
                    spansPath, token, blanks.size() + 2, blanks));
    EXPECT_EQ(client.read().status, 200);
    EXPECT_EQ(client.postSpans("[]", with(token)).status, 429);
}

TEST_F(CollectorAccessTest, ABodyThatIsRefusedForItsLengthIsNotCountedByIt) {
    const auto token = tokenFor({Scope::ingest}, "web");
    options_.requestLimits = {.perToken = 1'000};
    options_.limitClock = [] { return http_server::RateTable::Clock::time_point(); };
    start();
    auto client = connect();
    client.send(
        fmt::format("POST {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Type: "
                    "application/json\r\nContent-Length: 1000000000000000\r\n\r\n",
                    spansPath, token));
    EXPECT_EQ(client.read().status, 413);
    EXPECT_EQ(connect().postSpans("[]", with(token)).status, 200);
}

// The installation of a sink with an outbox may send two requests a minute; nothing is lost by that.
TEST_F(CollectorAccessTest, ASinkWaitsAsLongAsItIsTold) {
    std::atomic<std::int64_t> seconds{0};
    options_.requestLimits = {.perInstallation = 2};
    options_.limitClock = [&] {
        return http_server::RateTable::Clock::time_point(std::chrono::seconds(seconds.load()));
    };
    start();
    Config config;
    config.endpoint = collector_->url();
    config.consent = Consent::granted;
    config.batch.maxSpans = 10;
    config.outbox.directory = (directory_ / "outbox").string();
    const auto clock = std::make_shared<test::ManualDeliveryClock>();
    HttpSink sink(validate(config).value(), NetworkClient::Parts{.clock = clock});
    sink.start();
    constexpr std::size_t count = 60;
    sink.consume(test::SpanRecords(count).batch());
    const auto advance = [&](std::int64_t by) {
        seconds += by;
        clock->advance(std::chrono::seconds(by));
    };
    EXPECT_FALSE(sink.flush(deadlineIn(std::chrono::milliseconds(200)))) << "the limit holds";
    for (int tries = 0; tries < 400 && !sink.flush(deadlineIn(std::chrono::milliseconds(20))); ++tries)
        advance(30);
    const auto stats = sink.stats();
    EXPECT_EQ(stats.delivered, count);
    EXPECT_EQ(stats.dropped.total(), 0U);
    EXPECT_EQ(stats.received + stats.recovered, stats.delivered + stats.queued + stats.onDisk);
    auto client = connect();
    const auto metrics = client.get("/metrics").body;
    EXPECT_THAT(metrics, HasSubstr(fmt::format("spans_total{{result=\"accepted\"}} {}\n", count)));
    EXPECT_THAT(metrics, HasSubstr("spans_total{result=\"duplicate\"} 0\n"));
    EXPECT_THAT(metrics, Not(HasSubstr("refusals_total{kind=\"installation_limit\"} 0\n")));
    EXPECT_THAT(metrics, HasSubstr("requests_total{route=\"POST /api/v1/telemetry/spans\",status=\"429\"}"));
    ASSERT_TRUE(sink.shutdown(deadlineIn(test::patience)));
}

TEST_F(CollectorAccessTest, WhatClientsLoseIsCountedOnce) {
    start();
    const auto post = [&](std::uint64_t id, const char* lost) {
        auto client = connect();
        client.postSpans(spans(id, 0, traceA), {{"X-Client-Instance", "i1"}, {"X-Client-Lost", lost}});
        const auto text = client.get("/metrics").body;
        const std::string name = "client_lost_spans_total{reason=\"outbox-full\"} ";
        return std::stoi(text.substr(text.find(name) + name.size()));
    };
    EXPECT_EQ(post(1, "outbox-full=5"), 5);
    EXPECT_EQ(post(2, "outbox-full=5"), 5);
    EXPECT_EQ(post(3, "outbox-full=7, expired=1"), 7);
    EXPECT_EQ(post(4, "outbox-full=6"), 7) << "held up";
    collector_.reset();
    start();
    EXPECT_EQ(post(5, "outbox-full=9, expired=1"), 2) << "since the start";
}

class TokensCommandTest : public CollectorTest {
protected:
    struct Result {
        int status;
        std::string out;
        std::string err;
    };
    Result tokens(std::vector<std::string> words) {
        words.insert(words.begin(), {COLLECTOR_PROGRAM, "tokens"});
        words.insert(words.end(), {"--database", options_.database.string()});
        Program program(directory_, std::move(words));
        auto out = program.readAll();
        const int status = program.wait();
        return {status, std::move(out), program.errors()};
    }
};

TEST_F(TokensCommandTest, CreatesListsAndRevokes) {
    const auto created = tokens({"create", "--scope", "ingest,read", "--owner", "web app"});
    ASSERT_EQ(created.status, 0) << created.err;
    ASSERT_THAT(created.out, SizeIs(86));
    const auto token = created.out.substr(0, 85);
    const auto id = token.substr(4, 16);
    EXPECT_THAT(created.err, HasSubstr("This is token " + id + " of web app. It is shown only now."));
    EXPECT_THAT(created.err,
                HasSubstr("There was no database " + options_.database.string() + ", so it was created."));
    EXPECT_THAT(tokens({"create", "--scope", "read", "--owner", "ann"}).err, Not(HasSubstr("no database")));
    start();
    EXPECT_EQ(connect().get("/api/v1/traces", {{"Authorization", "Bearer " + token}}).status, 200);
    const auto listed = tokens({"list"}).out;
    EXPECT_THAT(listed, ContainsRegex(id + " +ingest,read +20[0-9T:.-]+Z +- +web app\n"));
    EXPECT_THAT(listed, Not(HasSubstr(token.substr(21))));
    EXPECT_EQ(tokens({"revoke", id}).status, 0);
    EXPECT_THAT(tokens({"list"}).out,
                ContainsRegex(id + " +ingest,read +20[0-9T:.-]+Z +20[0-9T:.-]+Z +web app\n"));
    const auto again = tokens({"revoke", id});
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.err, HasSubstr("there is no valid token " + id));
}

TEST_F(TokensCommandTest, SaysThatThereIsNoDatabase) {
    for (const auto& words : {std::vector<std::string>{"list"}, {"revoke", "0123456789abcdef"}}) {
        const auto result = tokens(words);
        EXPECT_EQ(result.status, 1);
        EXPECT_THAT(result.err, HasSubstr("there is no database " + options_.database.string()));
        EXPECT_THAT(result.out, IsEmpty());
    }
}

TEST_F(TokensCommandTest, SaysWhatIsWrong) {
    const auto expect = [&](std::vector<std::string> words, std::string_view message) {
        const auto result = tokens(std::move(words));
        EXPECT_EQ(result.status, 2) << message;
        EXPECT_THAT(result.err, HasSubstr(std::string(message)));
        EXPECT_THAT(result.out, IsEmpty());
    };
    expect({}, "tokens takes create, list or revoke ID");
    expect({"revoke"}, "tokens takes create, list or revoke ID");
    expect({"create", "--scope", "read"}, "needs --scope and --owner");
    expect({"create", "--scope", "write", "--owner", "ann"},
           "\"write\" is not a scope; the scopes are ingest");
    expect({"create", "--scope", "read", "--owner", "\t"}, "1 to 64 printable ASCII characters");
    expect({"list", "--owner", "ann"}, "are for tokens create");
    EXPECT_THAT(tokens({"--help"}).out, HasSubstr("tokens create --scope SCOPES"));
}

TEST_F(TokensCommandTest, RefusalsGoToAFile) {
    const auto audit = directory_ / "audit.log";
    std::ofstream(audit) << "before\n";
    {
        Program program(directory_,
                        {COLLECTOR_PROGRAM, "--listen", "127.0.0.1:0", "--database",
                         options_.database.string(), "--port-file", (directory_ / "port").string(), "--token",
                         "secret", "--audit-log", audit.string()});
        program.readLine();
        std::uint16_t port = 0;
        std::ifstream(directory_ / "port") >> port;
        EXPECT_EQ(Client(port).get("/api/v1/traces").status, 401);
        EXPECT_EQ(Client(port).get("/nowhere").status, 404);
        EXPECT_THAT(program.errors(), IsEmpty());
    }
    std::ifstream stream(audit);
    std::string line;
    std::getline(stream, line);
    EXPECT_EQ(line, "before");
    std::getline(stream, line);
    EXPECT_THAT(
        line,
        HasSubstr("refused kind=token status=401 address=127.0.0.1 token=- route=\"GET /api/v1/traces\" "
                  "reason=\"send a token that is valid as Authorization: Bearer TOKEN\""));
    EXPECT_FALSE(std::getline(stream, line)) << line;
}

TEST_F(TokensCommandTest, ANewAuditLogIsNotForEveryone) {
    const auto audit = directory_ / "audit.log";
    Program program(directory_, {COLLECTOR_PROGRAM, "--listen", "127.0.0.1:0", "--database",
                                 options_.database.string(), "--audit-log", audit.string()});
    program.readLine();
    struct stat status {};
    ASSERT_EQ(stat(audit.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07, 0U);
}

}
}
