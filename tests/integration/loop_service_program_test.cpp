#include <csignal>
#include <fstream>

#include "collector_fixture.h"
#include "program.h"

namespace sidespan::collector::testing {
namespace {

class LoopServiceProgramTest : public CollectorTest {
protected:
    [[nodiscard]] static std::uint16_t portIn(const std::filesystem::path& file) {
        std::ifstream stream(file);
        std::uint16_t port = 0;
        stream >> port;
        return port;
    }
};

TEST_F(LoopServiceProgramTest, TakesItsUsersFromAFile) {
    std::ofstream(directory_ / "users") << "# who may sign in\nann:pass:word\n\nbob:x\r\n";
    Program program(directory_,
                    {LOOP_SERVICE_PROGRAM, "--listen", "127.0.0.1:0", "--database",
                     (directory_ / "loops.db").string(), "--port-file", (directory_ / "port").string(),
                     "--users-file", (directory_ / "users").string(), "--token-lifetime", "60"});
    program.readLine();
    Client client(portIn(directory_ / "port"));
    auto response = client.post("/api/v1/auth/sign-in", R"({"user":"ann","password":"pass:word"})",
                                {{"Content-Type", "application/json"}});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(parse(response).at("expiresInSeconds"), 60);
    EXPECT_EQ(client
                  .post("/api/v1/auth/sign-in", R"({"user":"bob","password":"x"})",
                        {{"Content-Type", "application/json"}})
                  .status,
              200);
}

TEST_F(LoopServiceProgramTest, SendsItsSpansToTheCollectorBeforeItEnds) {
    start();
    Program program(directory_, {LOOP_SERVICE_PROGRAM, "--listen", "127.0.0.1:0", "--database",
                                 (directory_ / "loops.db").string(), "--telemetry", collector_->url(),
                                 "--port-file", (directory_ / "port").string()});
    EXPECT_THAT(program.readLine(), StartsWith("loop-service listens on http://127.0.0.1:"));
    Client client(portIn(directory_ / "port"));
    EXPECT_EQ(client
                  .post("/api/v1/audio/upload", "abc",
                        {{"Content-Type", "audio/flac"},
                         {"X-Trace-ID", std::string(traceA)},
                         {"X-Span-ID", "00000000000000aa"}})
                  .status,
              200);
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait(), 0);
    EXPECT_THAT(program.errors(), IsEmpty());
    EXPECT_EQ(parse(connect().get(fmt::format("/api/v1/traces/{}", traceA))).at("spanCount"), 4);
}

TEST_F(LoopServiceProgramTest, SaysWhatIsWrongWithItsCommandLine) {
    auto expect = [&](std::vector<std::string> words, int status, std::string_view message) {
        words.insert(words.begin(), LOOP_SERVICE_PROGRAM);
        Program program(directory_, std::move(words));
        EXPECT_THAT(program.readAll(), IsEmpty());
        EXPECT_EQ(program.wait(), status) << message;
        EXPECT_THAT(program.errors(), HasSubstr(std::string(message)));
    };
    const auto database = (directory_ / "loops.db").string();
    expect({"--bogus"}, 2, "\"--bogus\" is not understood");
    expect({"--users-file", "/nowhere"}, 2, "/nowhere");
    expect({"--user", "ann"}, 2, "a user is written NAME:PASSWORD");
    expect({"--listen", "0", "--database", database, "--user", "ann:"}, 1, "needs a password");
    expect({"--token-lifetime", "0"}, 2, "--token-lifetime is \"0\"");
    expect({"--listen", "0.0.0.0:0", "--database", database}, 1, "a token is needed");
    expect({"--telemetry", "localhost", "--database", database}, 1, "telemetry: ");
}

}
}
