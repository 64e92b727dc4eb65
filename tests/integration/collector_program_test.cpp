#include <csignal>
#include <deque>
#include <fstream>

#include <boost/json/array.hpp>

#include "collector_fixture.h"
#include "program.h"

namespace sidespan::collector::testing {
namespace {

class CollectorProgramTest : public CollectorTest {
protected:
    struct Result {
        int status;
        std::string out;
        std::string err;
    };
    Result run(std::vector<std::string> words) {
        Program program(directory_, std::move(words));
        auto out = program.readAll();
        int status = program.wait();
        return {status, std::move(out), program.errors()};
    }
    Result collector(std::vector<std::string> words) {
        words.insert(words.begin(), COLLECTOR_PROGRAM);
        return run(std::move(words));
    }
    Result view(std::vector<std::string> words) {
        words.insert(words.begin(), VIEW_PROGRAM);
        return run(std::move(words));
    }

    [[nodiscard]] std::uint16_t portIn(const std::filesystem::path& file) const {
        std::ifstream stream(file);
        std::uint16_t port = 0;
        stream >> port;
        return port;
    }

    std::filesystem::path traceFile(std::string_view tail = "") {
        auto file = directory_ / "trace.jsonl";
        std::ofstream stream(file);
        stream << boost::json::serialize(spanJson(1, 0, "audio.upload", 0, 3500)) << '\n'
               << boost::json::serialize(spanJson(2, 1, "network.post", 3340, 3490)) << '\n'
               << tail;
        return file;
    }
};

TEST_F(CollectorProgramTest, ServesUntilItIsToldToEnd) {
    for (int number : {SIGTERM, SIGINT}) {
        Program program(directory_,
                        {COLLECTOR_PROGRAM, "--listen", "127.0.0.1:0", "--database",
                         options_.database.string(), "--port-file=" + (directory_ / "port").string()});
        auto line = program.readLine();
        auto port = portIn(directory_ / "port");
        EXPECT_THAT(line,
                    StartsWith(fmt::format("sidespan-collector listens on http://127.0.0.1:{} ", port)));
        Client client(port);
        EXPECT_EQ(client.get("/healthz").status, 200);
        program.signal(number);
        EXPECT_EQ(program.wait(), 0);
        EXPECT_THAT(program.errors(), IsEmpty());
    }
}

TEST_F(CollectorProgramTest, TakesItsTokenFromAFile) {
    std::ofstream(directory_ / "token") << "from-file\r\n";
    Program program(directory_, {COLLECTOR_PROGRAM, "--listen", "127.0.0.1:0", "--database",
                                 options_.database.string(), "--port-file", (directory_ / "port").string(),
                                 "--token-file", (directory_ / "token").string()});
    program.readLine();
    Client client(portIn(directory_ / "port"));
    EXPECT_EQ(client.get("/api/v1/traces").status, 401);
    EXPECT_EQ(client.get("/api/v1/traces", {{"Authorization", "Bearer from-file"}}).status, 200);
}

TEST_F(CollectorProgramTest, AFewDescriptorsServeManyIdleConnections) {
    Program program(directory_, {"/bin/sh", "-c", "ulimit -n 40 && exec \"$0\" \"$@\"", COLLECTOR_PROGRAM,
                                 "--listen", "127.0.0.1:0", "--database", options_.database.string(),
                                 "--port-file", (directory_ / "port").string()});
    program.readLine();
    const auto port = portIn(directory_ / "port");
    std::deque<Client> idle;
    for (int i = 0; i < 100; ++i) idle.emplace_back(port);
    Client client(port);
    auto body = boost::json::serialize(boost::json::array{spanJson(1, 0, "a", 0, 1)});
    EXPECT_EQ(client.postSpans(body).status, 200);
    EXPECT_EQ(client.get("/api/v1/traces").status, 200);
    EXPECT_THAT(program.errors(), HasSubstr("at most 40 files"));
}

TEST_F(CollectorProgramTest, ErasesAUser) {
    options_.userTokens.emplace("a key of at least sixteen bytes");
    start();
    const auto inAnHour =
        std::chrono::ceil<std::chrono::seconds>(std::chrono::system_clock::now() + std::chrono::hours(1));
    const auto anna = options_.userTokens->sign({"anna", inAnHour});
    auto body = [](std::uint64_t id, std::string_view trace) {
        return boost::json::serialize(boost::json::array{spanJson(id, 0, "a", 0, 1, trace)});
    };
    auto client = connect();
    client.postSpans(body(1, traceA), {{"Authorization", "Bearer " + anna}});
    client.postSpans(body(2, "7d444840-9dc0-41d1-b245-5ffdce74fad2"));
    const auto erased = collector({"erase", "--user", "anna", "--database", options_.database.string()});
    EXPECT_EQ(erased.status, 0) << erased.err;
    EXPECT_EQ(erased.out, "1 traces with 1 spans were deleted\n");
    EXPECT_EQ(parse(client.get("/api/v1/traces")).at("traces").as_array().size(), 1U);
}

TEST_F(CollectorProgramTest, ErasesNothingFromADatabaseThatIsNotThere) {
    const auto typo = (directory_ / "typo.db").string();
    for (const auto& store : {"--database=" + typo, "--store=sqlite:" + typo}) {
        const auto erased = collector({"erase", "--user", "anna", store});
        EXPECT_EQ(erased.status, 1) << store;
        EXPECT_THAT(erased.err, HasSubstr("there is no database " + typo)) << store;
        EXPECT_FALSE(std::filesystem::exists(typo)) << store;
    }
    const auto unknown =
        collector({"erase", "--installation", "a", "--store", "mysql://ann:secret@db/spans"});
    EXPECT_THAT(unknown.err, HasSubstr("must be postgresql://USER@HOST/DATABASE or sqlite:FILE"));
    EXPECT_THAT(unknown.err, ::testing::Not(HasSubstr("secret")));
}

TEST_F(CollectorProgramTest, CopiesTheDatabaseThatTheEnvironmentNames) {
    start();
    const auto copy = [&](const std::string& store, const std::filesystem::path& to) {
        return run({"/bin/sh", "-c", "SIDESPAN_COLLECTOR_STORE=$0 exec \"$@\"", store, COLLECTOR_PROGRAM,
                    "backup", "--to", to.string()});
    };
    const auto done = copy("sqlite:" + options_.database.string(), directory_ / "copy.db");
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_TRUE(std::filesystem::exists(directory_ / "copy.db"));
    const auto refused = copy("postgresql://db/spans", directory_ / "other.db");
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, HasSubstr("use pg_dump"));
}

TEST_F(CollectorProgramTest, SaysWhatIsWrongWithItsCommandLine) {
    auto expect = [&](std::vector<std::string> words, int status, std::string_view message) {
        auto result = collector(std::move(words));
        EXPECT_EQ(result.status, status) << message;
        EXPECT_THAT(result.err, HasSubstr(std::string(message)));
        EXPECT_THAT(result.out, IsEmpty());
    };
    expect({"--bogus"}, 2, "\"--bogus\" is not understood");
    expect({"--retain-days", "0"}, 2, "--retain-days is \"0\"; it must be a number from 1 to 36500");
    expect({"--retain-days", "-3"}, 2, "--retain-days is \"-3\"");
    expect({"--max-bytes", "0"}, 2, "--max-bytes is \"0\"");
    expect({"--max-bytes", "20 apples"}, 2, "a number followed by KiB, MiB, GiB or TiB");
    expect({"--retain-kept-days", "90"}, 2, "must be more than --retain-days");
    expect({"--retain-days=30", "--retain-kept-days=30"}, 2, "must be more than --retain-days");
    expect({"--database=a.db", "--store=sqlite:b.db"}, 2, "give one");
    expect({"erase", "--user", "anna"}, 2, "erase needs --database FILE or --store ADDRESS");
    expect({"erase", "--database", "a.db"}, 2, "--user ID and --installation ID");
    expect({"erase", "--database", "a.db", "--user", ""}, 2, "--user needs a value; this one is empty");
    for (const char* option :
         {"--forward-folder", "--forward-header", "--forward-header-file", "--forward-outbox"})
        expect({option, "1"}, 2, std::string(option) + " needs --forward URL");
    expect({"--listen", "127.0.0.1"}, 2, "write ADDRESS:PORT, such as 127.0.0.1:8080");
    expect({"word"}, 2, "\"word\" is not understood");
    expect({"--user", "anna"}, 2, "\"--user\" is not understood");
    expect({"erase", "--listen", "127.0.0.1:0"}, 2, "\"--listen\" is not understood");
    expect({"--listen"}, 2, "--listen needs a value");
    expect({"--listen", "127.0.0.1:port"}, 2, "--listen's port is \"port\"");
    expect({"--listen", "127.0.0.1:65536"}, 2, "0 to 65535");
    expect({"--listen", "::1:80"}, 2, "[::1]:8080");
    expect({"--threads=0"}, 2, "--threads is \"0\"");
    expect({"--max-body", "1", "--max-body", "2"}, 2, "--max-body is given twice");
    expect({"--token-file", "/nowhere"}, 2, "/nowhere");
    const auto emptyLine = (directory_ / "token").string();
    std::ofstream(emptyLine) << "\nsecret\n";
    expect({"--token-file", emptyLine}, 2, "its first line must be a token");
    expect({"--token", ""}, 2, "--token needs a value; this one is empty");
    expect({"--store="}, 2, "--store needs a value; this one is empty");
    expect({"--store", "host=db password=secret"}, 2,
           "must be postgresql://USER@HOST/DATABASE or sqlite:FILE");
    expect({"--allow-origin", "https://a.example", "--allow-origin=https://b.example/"}, 2,
           "--allow-origin: \"https://b.example/\" is not an origin");
    expect({"--allow-origin", "*"}, 2, "write https://app.example.com");
    expect({"--limit-address", "0"}, 2,
           "--limit-address is \"0\"; it must be a number from 1 to 1000000000, or off");
    expect({"--limit-token", "-5"}, 2, "--limit-token is \"-5\"");
    expect({"--limit-installation", "10x"}, 2, "--limit-installation is \"10x\"");
    expect({"--trust-proxy", "proxy.example"}, 2,
           "--trust-proxy: \"proxy.example\" is neither an address nor");
    expect({"--audit-log", "/nowhere/audit.log"}, 2, "--audit-log /nowhere/audit.log: it cannot be opened");
    expect({"backup"}, 2, "backup needs --to FILE");
    expect({"backup", "--to", "x", "--database", "/nowhere/x.db"}, 1, "/nowhere/x.db");
    expect({"--token-key-file", "/dev/null"}, 2, "a key of at least 16 bytes");
    expect({"--listen", "0.0.0.0:0"}, 1, "a token is needed");
    expect({"--listen", "localhost:0"}, 1, "is not an address");
    expect({"--listen", "127.0.0.1:0", "--database", "/nowhere/x.db"}, 1, "/nowhere/x.db");
    expect({"--listen", "127.0.0.1:0", "--database", ":memory:"}, 1,
           "the database must be a file; :memory: is not one");
}

TEST_F(CollectorProgramTest, ExplainsItself) {
    EXPECT_THAT(collector({"--help"}).out, HasSubstr("--listen ADDRESS:PORT"));
    EXPECT_THAT(collector({"--version"}).out, StartsWith("sidespan-collector "));
    EXPECT_THAT(view({"--help"}).out, HasSubstr("sidespan-view FILE"));
    EXPECT_EQ(view({"--help"}).status, 0);
}

TEST_F(CollectorProgramTest, ViewsAFile) {
    auto result = view({traceFile("{\"traceId\": \"0af7").string(), "--ascii"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.out, HasSubstr("|- audio.upload (root) [3.5 s]\n|  `- network.post [150 ms]\n"));
    EXPECT_THAT(result.err, HasSubstr("line 3 is skipped: the last line is not finished"));
    EXPECT_EQ(view({traceFile().string(), "--trace", "latest"}).status, 0);
    EXPECT_EQ(view({traceFile().string(), "--trace", std::string(traceA)}).status, 0);
}

TEST_F(CollectorProgramTest, ViewsWhatACollectorStored) {
    options_.token = "view-token";
    start();
    auto body = boost::json::serialize(boost::json::array{spanJson(1, 0, "audio.upload", 0, 3500)});
    connect().postSpans(body, {{"Authorization", "Bearer view-token"}});
    for (const auto& trace : {std::string("latest"), std::string(traceA)}) {
        auto result =
            view({"--url", collector_->url(), "--token", "view-token", "--trace", trace, "--ascii"});
        EXPECT_EQ(result.status, 0) << result.err;
        EXPECT_THAT(result.out, HasSubstr("|- audio.upload (root) [3.5 s]"));
    }
    auto refused = view({"--url", collector_->url(), "--token", "other", "--trace", "latest"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, HasSubstr("answered 401"));
    EXPECT_THAT(refused.err, HasSubstr("give --token"));
    EXPECT_THAT(refused.err, ::testing::Not(HasSubstr("view-token")));
}

TEST_F(CollectorProgramTest, SaysWhyThereIsNothingToView) {
    EXPECT_EQ(view({}).status, 2);
    EXPECT_THAT(view({"/nowhere.jsonl"}).err, HasSubstr("/nowhere.jsonl cannot be read"));
    EXPECT_THAT(view({directory_.string()}).err, HasSubstr("cannot be read"));
    EXPECT_THAT(view({"/dev/null"}).err, HasSubstr("no span"));
    EXPECT_THAT(view({traceFile().string(), "--trace", "abc"}).err, HasSubstr("32 hex digits"));
    EXPECT_THAT(view({traceFile().string(), "--trace", "7d444840-9dc0-41d1-b245-5ffdce74fad2"}).err,
                HasSubstr("no span of this trace"));
    EXPECT_THAT(view({"--url", "127.0.0.1:80", "--trace", "latest"}).err,
                HasSubstr("must be an address such as"));
    EXPECT_THAT(view({"--url", "http://127.0.0.1:1", "--trace", "latest"}).err,
                HasSubstr("Connection refused"));
    start();
    EXPECT_THAT(view({"--url", collector_->url(), "--trace", "latest"}).err, HasSubstr("no trace yet"));
}

}
}
