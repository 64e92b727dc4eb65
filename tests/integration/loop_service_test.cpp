#include <chrono>
#include <fstream>
#include <iterator>
#include <mutex>
#include <vector>

#include <sqlite3.h>

#include "../support/sanitizers.h"
#include "loop_service_fixture.h"

namespace sidespan::collector::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;

/// The values of all rows, each with a space behind it.
std::string storedIn(const std::filesystem::path& file, const std::string& sql) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    std::string text;
    auto append = [](void* result, int count, char** values, char**) {
        for (int i = 0; i < count; ++i) {
            *static_cast<std::string*>(result) += values[i] == nullptr ? "NULL" : values[i];
            *static_cast<std::string*>(result) += ' ';
        }
        return 0;
    };
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), append, &text, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
    return text;
}

TEST_F(LoopServiceTest, SignsInAndRefreshesAnExpiredToken) {
    serviceOptions_.token = "fixed-token";
    startService();
    auto client = connectToService();
    auto response = signIn(client, "ann", "secret of ann");
    ASSERT_EQ(response.status, 200) << response.body;
    auto grant = parse(response);
    EXPECT_EQ(grant.at("expiresInSeconds"), 600);
    EXPECT_THAT(std::string(grant.at("userId").as_string()), SizeIs(36));
    EXPECT_EQ(client.get(loopsPath, bearer(grant)).status, 200);

    now_ = now_.load() + 600s;
    EXPECT_EQ(client.get(loopsPath, bearer(grant)).status, 401);
    auto renewed = client.post(refreshPath, {}, bearer(grant));
    ASSERT_EQ(renewed.status, 200) << renewed.body;
    EXPECT_EQ(parse(renewed).at("userId"), grant.at("userId"));
    EXPECT_EQ(client.get(loopsPath, bearer(parse(renewed))).status, 200);
    EXPECT_EQ(client.get(loopsPath, {{"Authorization", "Bearer fixed-token"}}).status, 200);
    EXPECT_EQ(client.get(loopsPath).status, 401);
}

TEST_F(LoopServiceTest, RefusesToSignInWithoutSayingWhatWasWrong) {
    startService();
    auto client = connectToService();
    auto password = signIn(client, "ann", "secret of bob");
    auto user = signIn(client, "eve", "secret of ann");
    EXPECT_EQ(password.status, 401);
    EXPECT_THAT(std::string(password["WWW-Authenticate"]), StartsWith("Bearer"));
    EXPECT_EQ(user.status, 401);
    EXPECT_EQ(user.body, password.body);
    EXPECT_THAT(user.body, Not(HasSubstr("secret")));
}

TEST_F(LoopServiceTest, SaysWhatASignInLooksLike) {
    startService();
    auto client = connectToService();
    Headers json{{"Content-Type", "application/json"}};
    for (const char* body : {"", "{", "[]", "{}", R"({"user":"ann"})", R"({"user":1,"password":2})"}) {
        auto response = client.post(signInPath, body, json);
        EXPECT_EQ(response.status, 400) << body;
        EXPECT_THAT(errorOf(response), HasSubstr(R"({"user": "...", "password": "..."})"));
    }
    EXPECT_EQ(client.post(signInPath, "{}").status, 415);
    EXPECT_EQ(client.post(signInPath, std::string(5'000, 'a'), json).status, 413);
    EXPECT_EQ(client.get(signInPath).status, 405);
    EXPECT_EQ(client.post(refreshPath, {}).status, 401);
}

TEST_F(LoopServiceTest, WithoutUsersNobodySignsIn) {
    serviceOptions_.users.clear();
    startService();
    auto client = connectToService();
    auto response = signIn(client, "ann", "x");
    EXPECT_EQ(response.status, 404);
    EXPECT_THAT(errorOf(response), HasSubstr("--user"));
    EXPECT_EQ(client.get(loopsPath, {{"Authorization", "Bearer whatever"}}).status, 200);
}

TEST_F(LoopServiceTest, WhereEveryoneMayEnterAnExpiredTokenIsToldSo) {
    startService();
    auto client = connectToService();
    auto headers = signedIn(client);
    EXPECT_EQ(client.get(loopsPath).status, 200);
    now_ = now_.load() + 601s;
    EXPECT_EQ(client.get(loopsPath, headers).status, 401);
    EXPECT_EQ(client.get(loopsPath).status, 200);
}

TEST_F(LoopServiceTest, SharesWhatWasUploaded) {
    startService();
    auto client = connectToService();
    auto ann = signedIn(client);
    auto first = upload(client, "first", "my%20loop%20%C3%A9.flac", ann);
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(upload(client, "the second", "").status, 200);
    auto list = loops(client);
    ASSERT_THAT(list, SizeIs(2));
    const auto& newest = list[0];
    const auto& oldest = list[1];
    EXPECT_EQ(newest.at("name"), "untitled");
    EXPECT_TRUE(newest.at("userId").is_null());
    EXPECT_EQ(oldest.at("name"), "my loop \xc3\xa9.flac");
    EXPECT_EQ(oldest.at("bytes"), 5);
    EXPECT_EQ(oldest.at("contentType"), "audio/flac");
    EXPECT_THAT(std::string(oldest.at("userId").as_string()), SizeIs(36));
    EXPECT_THAT(std::string(oldest.at("uploadedAt").as_string()), ::testing::MatchesRegex("20..-..-..T.*Z"));
    EXPECT_THAT(parse(client.get("/api/v1/audio/loops?limit=1")).at("loops").as_array(), SizeIs(1));

    auto content = client.get(fmt::format("{}/{}", loopsPath, idOf(first)));
    EXPECT_EQ(content.status, 200);
    EXPECT_EQ(content.body, "first");
    EXPECT_EQ(content["Content-Type"], "audio/flac");
    EXPECT_EQ(content["X-Content-Type-Options"], "nosniff");
}

TEST_F(LoopServiceTest, ListsTheNewestFirst) {
    startService();
    auto client = connectToService();
    std::string newest;
    for (int i = 0; i < 3; ++i) {
        newest = idOf(upload(client, fmt::format("loop {}", i), ""));
        EXPECT_EQ(loops(client)[0].at("id").as_string(), newest);
    }
}

TEST_F(LoopServiceTest, TheSameContentIsOneLoopOfItsLatestName) {
    startService();
    auto client = connectToService();
    auto first = idOf(upload(client, "content", "one"));
    EXPECT_EQ(idOf(upload(client, "content", "two")), first);
    auto list = loops(client);
    ASSERT_THAT(list, SizeIs(1));
    EXPECT_EQ(list[0].at("name"), "two");
    EXPECT_NE(idOf(upload(client, "content", "two", {{"Content-Type", "audio/wav"}})), first);
}

TEST_F(LoopServiceTest, KeepsUploadedAudioOnceByItsContent) {
    startService();
    auto client = connectToService();
    auto send = [&](std::string body) {
        return parse(client.post("/api/v1/audio/upload", std::move(body), {{"Content-Type", "audio/flac"}}));
    };
    auto first = send("some audio");
    auto second = send("some audio");
    EXPECT_EQ(first.at("size"), 10);
    EXPECT_EQ(first.at("id"), second.at("id"));
    EXPECT_NE(first.at("id"), send("other audio").at("id"));
    auto file = directory_ / "loops.db.audio" / (std::string(first.at("id").as_string()) + ".flac");
    std::ifstream stored(file, std::ios::binary);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stored), {}), "some audio");
    using Directory = std::filesystem::directory_iterator;
    EXPECT_EQ(std::distance(Directory(file.parent_path()), Directory()), 2);
}

TEST_F(LoopServiceTest, RefusesWhatItCannotName) {
    startService();
    auto client = connectToService();
    EXPECT_EQ(upload(client, "", "").status, 400);
    EXPECT_EQ(upload(client, "a", std::string(256, 'a')).status, 400);
    for (const auto* const name : {"\xff\xfe", "%ff", "100%", "%zz"}) {
        const auto refused = upload(client, "a", name);
        EXPECT_EQ(refused.status, 400) << name;
        EXPECT_THAT(refused.body, HasSubstr("must be percent-encoded UTF-8")) << name;
    }
    EXPECT_EQ(upload(client, "a", "a", {{"Content-Type", "audio/\"<script>\""}}).status, 415);
    EXPECT_EQ(upload(client, "a", "a", {{"Content-Type", "audio/" + std::string(100, 'a')}}).status, 415);
    EXPECT_EQ(client.get("/api/v1/audio/loops/no-such-id").status, 404);
    EXPECT_EQ(client.get("/api/v1/audio/loops/..%2f..%2floops.db").status, 400);
    EXPECT_EQ(client.get("/api/v1/audio/loops/a/b").status, 404);
    EXPECT_EQ(errorOf(client.get("/")), "there is nothing here");
    EXPECT_EQ(client.get("/api/v1/audio/loops?limit=0").status, 400);
    EXPECT_EQ(client.get("/api/v1/audio/loops?name=x").status, 400);
    EXPECT_EQ(client.post(loopsPath, "x").status, 405);
}

TEST_F(LoopServiceTest, KeepsNoMoreAudioThanItsLimits) {
    serviceOptions_.limits.audioBytes = 100;
    serviceOptions_.limits.audioFiles = 3;
    startService();
    auto client = connectToService();
    EXPECT_EQ(upload(client, std::string(60, 'a'), "").status, 200);
    EXPECT_EQ(upload(client, std::string(41, 'b'), "").status, 507);
    EXPECT_EQ(upload(client, std::string(60, 'a'), "again").status, 200);
    EXPECT_EQ(upload(client, "c", "").status, 200);
    EXPECT_EQ(upload(client, "d", "").status, 200);
    EXPECT_EQ(upload(client, "e", "").status, 507);
    using Directory = std::filesystem::directory_iterator;
    EXPECT_EQ(std::distance(Directory(directory_ / "loops.db.audio"), Directory()), 3);
}

TEST_F(LoopServiceTest, KeepsLoopsOverARestart) {
    startService();
    std::string id;
    {
        auto client = connectToService();
        id = idOf(upload(client, "content", "one"));
    }
    service_->stop();
    startService();
    auto client = connectToService();
    EXPECT_EQ(client.get(fmt::format("{}/{}", loopsPath, id)).body, "content");
}

TEST_F(LoopServiceTest, ADownloadCountsAgainstTheBytesUnderWay) {
    serviceOptions_.limits.bufferedBytes = 1'000;
    startService();
    auto client = connectToService();
    auto id = idOf(upload(client, std::string(900, 'a'), ""));
    // What was reserved is given back with each answer: a moment after the client has read it.
    const auto download = [&] {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        auto response = client.get(fmt::format("{}/{}", loopsPath, id));
        while (response.status == 503 && std::chrono::steady_clock::now() < end)
            response = client.get(fmt::format("{}/{}", loopsPath, id));
        return response.body.size();
    };
    for (int i = 0; i < 3; ++i) EXPECT_EQ(download(), 900U);
    service_->stop();
    serviceOptions_.limits.bufferedBytes = 800;
    startService();
    auto poorer = connectToService();
    EXPECT_EQ(poorer.get(fmt::format("{}/{}", loopsPath, id)).status, 503);
}

// From the plugin's request over the service's spans to the collector, and nothing of it within one process.
TEST_F(LoopServiceTest, ItsSpansJoinTheClientsTraceOverTheWire) {
    startBoth();
    auto client = connectToService();
    auto response = upload(client, std::string(100'000, 'a'), "",
                           {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-00000000000000aa-01"}});
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response["X-Trace-ID"], traceA);
    EXPECT_GE(std::stod(response["X-Server-Time"]), 0.0);
    auto stored = tracedAt();
    auto& spans = stored.at("spans").as_array();
    ASSERT_THAT(spans, SizeIs(4));
    const auto& server = spans[0];
    EXPECT_EQ(server.at("name"), "POST /api/v1/audio/upload");
    EXPECT_EQ(server.at("kind"), "server");
    EXPECT_EQ(server.at("clientType"), "server");
    EXPECT_EQ(server.at("origin"), "client") << "it came like any other client's";
    EXPECT_EQ(server.at("parentSpanId"), "00000000000000aa");
    EXPECT_EQ(std::string(server.at("spanId").as_string()), response["X-Span-ID"]);
    EXPECT_EQ(server.at("attributes").at("http.response.status_code"), 200);
    std::vector<std::string> names;
    for (std::size_t i = 1; i < 4; ++i) {
        names.emplace_back(spans[i].at("name").as_string());
        EXPECT_EQ(spans[i].at("parentSpanId"), server.at("spanId"));
    }
    EXPECT_THAT(names, ElementsAre("network.receive", "audio.digest", "storage.write"));
    EXPECT_GT(stored.at("split").at("serverMs").as_double(), 0.0);
}

TEST_F(LoopServiceTest, ARequestWithoutContextBeginsATrace) {
    startBoth();
    auto client = connectToService();
    auto response = upload(client, "abc", "");
    EXPECT_EQ(tracedAt(response["X-Trace-ID"]).at("name"), "POST /api/v1/audio/upload");
    EXPECT_EQ(parse(response).at("traceId").as_string(), response["X-Trace-ID"]);
}

TEST_F(LoopServiceTest, WithoutATelemetryAddressNothingIsRecorded) {
    startService();
    auto client = connectToService();
    auto response = upload(client, "abc", "");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response["X-Span-ID"], "");
    EXPECT_TRUE(parse(response).at("traceId").is_null());
}

TEST_F(LoopServiceTest, AWrongTelemetryAddressIsSaidAtTheStart) {
    serviceOptions_.telemetry.endpoint = "127.0.0.1";
    EXPECT_THROW(startService(), std::runtime_error);
}

// Both servers know the key that signs tokens, so who signs in at the one is known to the other.
TEST_F(LoopServiceTest, SpansCarryTheUserOfTheirToken) {
    startBoth();
    std::string id;
    {
        auto service = connectToService();
        auto client = connect();
        auto grant = parse(signIn(service, "ann", "secret of ann", context_));
        id = grant.at("userId").as_string();
        client.postSpans(boost::json::serialize(boost::json::array{spanJson(1, 0, "signed.in", 0, 1)}),
                         bearer(grant));
        client.postSpans(boost::json::serialize(boost::json::array{spanJson(2, 0, "stranger", 0, 1)}));
        now_ = now_.load() + 600s;
        EXPECT_EQ(client.postSpans("[]", bearer(grant)).status, 401);
        now_ = now_.load() - 600s;
        service.get(loopsPath, bearer(grant, context_));
    }
    ASSERT_TRUE(service_->flush(20s));
    auto rows = storedIn(options_.database, "SELECT name, user_id FROM client_telemetry_spans ORDER BY name");
    EXPECT_THAT(rows, HasSubstr(fmt::format("signed.in {} ", id)));
    EXPECT_THAT(rows, HasSubstr("stranger NULL "));
    auto traced = storedIn(options_.database,
                           "SELECT name, attributes ->> '$.\"user.id\"' FROM client_telemetry_spans");
    EXPECT_THAT(traced, HasSubstr(fmt::format("GET /api/v1/audio/loops {} ", id)));
    EXPECT_THAT(traced, HasSubstr(fmt::format("POST /api/v1/auth/sign-in {} ", id)));
    EXPECT_THAT(traced, HasSubstr("auth.verify "));
}

TEST_F(LoopServiceTest, AStrangerWritesNoSpansByFailingToSignIn) {
    serviceOptions_.token = "fixed-token";
    startBoth();
    {
        auto client = connectToService();
        signIn(client, "ann", "wrong", context_);
        client.post(refreshPath, {}, context_);
        client.get("/nowhere", context_);
    }
    EXPECT_TRUE(service_->flush(20s));
    EXPECT_THAT(storedIn(options_.database, "SELECT name FROM client_telemetry_spans"), IsEmpty());
}

TEST_F(LoopServiceTest, WhoSignsInIsTracedWhereStrangersAreNot) {
    serviceOptions_.token = "fixed-token";
    startBoth();
    auto client = connectToService();
    signIn(client, "ann", "secret of ann", context_);
    EXPECT_EQ(tracedAt().at("name"), "POST /api/v1/auth/sign-in");
}

// Tokens that are renewed without end once pushed out those of all others.
TEST_F(LoopServiceTest, RenewingWithoutEndSignsNobodyOut) {
    startService();
    auto client = connectToService();
    auto bob = signedIn(client, "bob");
    auto ann = signedIn(client, "ann");
    for (int i = 0; i < test::repeats(10'400); ++i) ASSERT_EQ(client.post(refreshPath, {}, ann).status, 200);
    EXPECT_EQ(client.get(loopsPath, bob).status, 200);
    EXPECT_EQ(client.get(loopsPath, ann).status, 200);
}

TEST_F(LoopServiceTest, FailedSignInsAreLimited) {
    serviceOptions_.limits.failedSignInsPerUser = 3;
    startService();
    auto client = connectToService();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(signIn(client, "ann", "wrong").status, 401);
    auto refused = signIn(client, "ann", "secret of ann");
    EXPECT_EQ(refused.status, 429);
    EXPECT_THAT(errorOf(refused), HasSubstr("wait a minute"));
    EXPECT_GT(std::stoi(refused["Retry-After"]), 0);
    EXPECT_EQ(signIn(client, "bob", "secret of bob").status, 200);
}

class LoopServiceFaultTest : public LoopServiceTest {
protected:
    LoopServiceFaultTest() {
        serviceOptions_.onError = [this](std::string_view message) {
            const std::lock_guard lock(mutex_);
            errors_.emplace_back(message);
        };
    }
    std::vector<std::string> errors() {
        const std::lock_guard lock(mutex_);
        return errors_;
    }
    [[nodiscard]] std::ptrdiff_t filesStored() const {
        using Directory = std::filesystem::directory_iterator;
        return std::distance(Directory(directory_ / "loops.db.audio"), Directory());
    }

private:
    std::mutex mutex_;
    std::vector<std::string> errors_;
};

TEST_F(LoopServiceFaultTest, AnUploadThatTheDatabaseRefusesLeavesNoFileAndMayBeTriedAgain) {
    startService();
    auto client = connectToService();
    EXPECT_EQ(upload(client, "first", "").status, 200);
    storedIn(serviceOptions_.database,
             "CREATE TRIGGER refuse BEFORE INSERT ON audio_loops BEGIN SELECT RAISE(ABORT, 'refused'); END");
    auto refused = upload(client, "second", "");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused["Retry-After"], "1");
    EXPECT_EQ(upload(client, "first", "again").status, 503) << "whose file was there before, and stays";
    EXPECT_EQ(filesStored(), 1);
    EXPECT_THAT(errors(), Contains(HasSubstr("refused")));
    storedIn(serviceOptions_.database, "DROP TRIGGER refuse");
    EXPECT_EQ(upload(client, "second", "").status, 200);
}

TEST_F(LoopServiceFaultTest, AFileThatWasCutIsNotServedAsWhole) {
    startService();
    auto client = connectToService();
    auto id = idOf(upload(client, "the whole of it", ""));
    std::filesystem::resize_file(directory_ / "loops.db.audio" / (id + ".flac"), 5);
    EXPECT_EQ(client.get(fmt::format("{}/{}", loopsPath, id)).status, 500);
    EXPECT_THAT(errors(), Contains(HasSubstr("its file has 5 bytes, and 15 were stored")));
}

TEST_F(LoopServiceTest, PasswordsAreStoredNowhere) {
    startService();
    {
        auto client = connectToService();
        signIn(client, "ann", "secret of ann", context_);
    }
    service_->stop();
    for (const auto& file : std::filesystem::directory_iterator(directory_)) {
        std::ifstream stream(file.path(), std::ios::binary);
        EXPECT_THAT(std::string(std::istreambuf_iterator<char>(stream), {}), Not(HasSubstr("secret of ann")));
    }
}

}
}
