#include <fstream>
#include <iterator>

#include <sqlite3.h>
#include <boost/json/array.hpp>

#include "collector_fixture.h"

namespace sidespan::collector::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::string_view signInPath = "/api/v1/auth/sign-in";
constexpr std::string_view refreshPath = "/api/v1/auth/refresh";
constexpr std::string_view uploadPath = "/api/v1/audio/upload";
constexpr std::string_view loopsPath = "/api/v1/audio/loops";

/// What an application of the collector's own asks of it: sign-in, and the loops that users share.
class CollectorApplicationTest : public CollectorTest {
protected:
    CollectorApplicationTest() {
        options_.users = {{"ann", "secret of ann"}, {"bob", "secret of bob"}};
        options_.tokenLifetime = 600s;
        options_.tokenClock = [this] { return now_.load(); };
    }

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
    Headers signedIn(Client& client, std::string_view user = "ann") {
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

    std::string stored(const std::string& sql) {
        collector_->stop();
        sqlite3* database = nullptr;
        EXPECT_EQ(sqlite3_open(options_.database.c_str(), &database), SQLITE_OK);
        std::string text;
        auto append = [](void* result, int count, char** values, char**) {
            for (int i = 0; i < count; ++i) {
                *static_cast<std::string*>(result) += values[i] == nullptr ? "NULL" : values[i];
                *static_cast<std::string*>(result) += ' ';
            }
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(database, sql.c_str(), append, &text, nullptr), SQLITE_OK);
        sqlite3_close(database);
        return text;
    }

    std::atomic<std::chrono::steady_clock::time_point> now_{std::chrono::steady_clock::time_point(1h)};
    const Headers context_{{"X-Trace-ID", std::string(traceA)}, {"X-Span-ID", "00000000000000aa"}};
};

TEST_F(CollectorApplicationTest, SignsInAndRefreshesAnExpiredToken) {
    options_.token = "fixed-token";
    start();
    auto client = connect();
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

TEST_F(CollectorApplicationTest, RefusesToSignInWithoutSayingWhatWasWrong) {
    start();
    auto client = connect();
    auto password = signIn(client, "ann", "secret of bob");
    auto user = signIn(client, "eve", "secret of ann");
    EXPECT_EQ(password.status, 401);
    EXPECT_THAT(std::string(password["WWW-Authenticate"]), StartsWith("Bearer"));
    EXPECT_EQ(user.status, 401);
    EXPECT_EQ(user.body, password.body);
    EXPECT_THAT(user.body, ::testing::Not(HasSubstr("secret")));
}

TEST_F(CollectorApplicationTest, SaysWhatASignInLooksLike) {
    start();
    auto client = connect();
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

TEST_F(CollectorApplicationTest, WithoutUsersNobodySignsIn) {
    options_.users.clear();
    start();
    auto client = connect();
    auto response = signIn(client, "ann", "x");
    EXPECT_EQ(response.status, 404);
    EXPECT_THAT(errorOf(response), HasSubstr("--user"));
    EXPECT_EQ(client.get(loopsPath, {{"Authorization", "Bearer whatever"}}).status, 200);
}

TEST_F(CollectorApplicationTest, WhereEveryoneMayEnterAnExpiredTokenIsToldSo) {
    start();
    auto client = connect();
    auto headers = signedIn(client);
    EXPECT_EQ(client.get(loopsPath).status, 200);
    now_ = now_.load() + 601s;
    EXPECT_EQ(client.get(loopsPath, headers).status, 401);
    EXPECT_EQ(client.get(loopsPath).status, 200);
}

TEST_F(CollectorApplicationTest, SharesWhatWasUploaded) {
    start();
    auto client = connect();
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

TEST_F(CollectorApplicationTest, ListsTheNewestFirst) {
    start();
    auto client = connect();
    std::string newest;
    for (int i = 0; i < 3; ++i) {
        newest = idOf(upload(client, fmt::format("loop {}", i), ""));
        EXPECT_EQ(loops(client)[0].at("id").as_string(), newest);
    }
}

TEST_F(CollectorApplicationTest, TheSameContentIsOneLoopOfItsLatestName) {
    start();
    auto client = connect();
    auto first = idOf(upload(client, "content", "one"));
    EXPECT_EQ(idOf(upload(client, "content", "two")), first);
    auto list = loops(client);
    ASSERT_THAT(list, SizeIs(1));
    EXPECT_EQ(list[0].at("name"), "two");
    EXPECT_NE(idOf(upload(client, "content", "two", {{"Content-Type", "audio/wav"}})), first);
}

TEST_F(CollectorApplicationTest, RefusesWhatItCannotName) {
    start();
    auto client = connect();
    EXPECT_EQ(upload(client, "a", std::string(256, 'a')).status, 400);
    EXPECT_EQ(upload(client, "a", "\xff\xfe").status, 400);
    EXPECT_EQ(upload(client, "a", "a", {{"Content-Type", "audio/\"<script>\""}}).status, 415);
    EXPECT_EQ(upload(client, "a", "a", {{"Content-Type", "audio/" + std::string(100, 'a')}}).status, 415);
    EXPECT_EQ(client.get("/api/v1/audio/loops/no-such-id").status, 404);
    EXPECT_EQ(client.get("/api/v1/audio/loops/..%2f..%2fspans.db").status, 400);
    EXPECT_EQ(client.get("/api/v1/audio/loops/a/b").status, 404);
    EXPECT_EQ(client.get("/api/v1/audio/loops?limit=0").status, 400);
    EXPECT_EQ(client.get("/api/v1/audio/loops?name=x").status, 400);
    EXPECT_EQ(client.post(loopsPath, "x").status, 405);
}

TEST_F(CollectorApplicationTest, KeepsNoMoreAudioThanItsLimits) {
    options_.limits.audioBytes = 100;
    options_.limits.audioFiles = 3;
    start();
    auto client = connect();
    EXPECT_EQ(upload(client, std::string(60, 'a'), "").status, 200);
    EXPECT_EQ(upload(client, std::string(41, 'b'), "").status, 507);
    EXPECT_EQ(upload(client, std::string(60, 'a'), "again").status, 200);
    EXPECT_EQ(upload(client, "c", "").status, 200);
    EXPECT_EQ(upload(client, "d", "").status, 200);
    EXPECT_EQ(upload(client, "e", "").status, 507);
    using Directory = std::filesystem::directory_iterator;
    EXPECT_EQ(std::distance(Directory(directory_ / "spans.db.audio"), Directory()), 3);
}

TEST_F(CollectorApplicationTest, KeepsLoopsOverARestart) {
    start();
    std::string id;
    {
        auto client = connect();
        id = idOf(upload(client, "content", "one"));
    }
    collector_->stop();
    start();
    auto client = connect();
    EXPECT_EQ(client.get(fmt::format("{}/{}", loopsPath, id)).body, "content");
}

TEST_F(CollectorApplicationTest, ADownloadCountsAgainstTheBytesUnderWay) {
    options_.limits.bufferedBytes = 1'000;
    start();
    auto client = connect();
    auto id = idOf(upload(client, std::string(900, 'a'), ""));
    for (int i = 0; i < 3; ++i) {  // what was reserved is given back with each answer
        EXPECT_EQ(client.get(fmt::format("{}/{}", loopsPath, id)).body.size(), 900U);
    }
    collector_->stop();
    options_.limits.bufferedBytes = 800;
    start();
    auto poorer = connect();
    EXPECT_EQ(poorer.get(fmt::format("{}/{}", loopsPath, id)).status, 503);
}

TEST_F(CollectorApplicationTest, SpansCarryTheUserOfTheirToken) {
    start();
    std::string id;
    {
        auto client = connect();
        auto grant = parse(signIn(client, "ann", "secret of ann", context_));
        id = grant.at("userId").as_string();
        client.postSpans(boost::json::serialize(boost::json::array{spanJson(1, 0, "signed.in", 0, 1)}),
                         bearer(grant));
        client.postSpans(boost::json::serialize(boost::json::array{spanJson(2, 0, "stranger", 0, 1)}));
        client.get(loopsPath, bearer(grant, context_));
    }
    auto rows = stored("SELECT name, user_id FROM client_telemetry_spans ORDER BY name");
    EXPECT_THAT(rows, HasSubstr(fmt::format("signed.in {} ", id)));
    EXPECT_THAT(rows, HasSubstr("stranger NULL "));
    EXPECT_THAT(rows, HasSubstr(fmt::format("GET /api/v1/audio/loops {} ", id)));
    EXPECT_THAT(rows, HasSubstr(fmt::format("POST /api/v1/auth/sign-in {} ", id)));
    EXPECT_THAT(rows, HasSubstr("auth.verify "));
}

TEST_F(CollectorApplicationTest, AStrangerWritesNoSpansByFailingToSignIn) {
    options_.token = "fixed-token";
    start();
    {
        auto client = connect();
        signIn(client, "ann", "wrong", context_);
        client.post(refreshPath, {}, context_);
    }
    EXPECT_THAT(stored("SELECT name FROM client_telemetry_spans"), IsEmpty());
}

TEST_F(CollectorApplicationTest, PasswordsAreStoredNowhere) {
    start();
    {
        auto client = connect();
        signIn(client, "ann", "secret of ann", context_);
    }
    collector_->stop();
    for (const auto& file : std::filesystem::directory_iterator(directory_)) {
        std::ifstream stream(file.path(), std::ios::binary);
        EXPECT_THAT(std::string(std::istreambuf_iterator<char>(stream), {}),
                    ::testing::Not(HasSubstr("secret of ann")));
    }
}

TEST_F(CollectorApplicationTest, ShowsWhatClientsLost) {
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

}
}
