#include <csignal>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/json/array.hpp>

#include "collector_fixture.h"

namespace sidespan::collector::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// A program under way, its standard output a pipe and its standard error a file.
class Program {
public:
    Program(const std::filesystem::path& folder, std::vector<std::string> words)
        : errors_(folder / "err.txt") {
        std::vector<char*> arguments;
        for (auto& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        int ends[2] = {-1, -1};
        if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        process_ = fork();
        if (process_ == 0) {
            dup2(ends[1], STDOUT_FILENO);
            dup2(open(errors_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), STDERR_FILENO);
            execv(arguments[0], arguments.data());
            _exit(127);
        }
        close(ends[1]);
        output_ = ends[0];
    }
    ~Program() {
        if (process_ > 0) kill(process_, SIGKILL);
        if (process_ > 0) wait();
        close(output_);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// The next line of its output; what there is when it ended. Throws after twenty seconds without one.
    std::string readLine() {
        std::string line;
        for (char c = 0; c != '\n' && readCharacter(c);) line += c;
        return line;
    }
    std::string readAll() {
        std::string text;
        for (char c = 0; readCharacter(c);) text += c;
        return text;
    }
    int wait() {
        int status = 0;
        waitpid(process_, &status, 0);
        process_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    void signal(int number) const { kill(process_, number); }
    [[nodiscard]] std::string errors() const {
        std::ifstream stream(errors_);
        std::ostringstream text;
        text << stream.rdbuf();
        return text.str();
    }

private:
    bool readCharacter(char& c) const {
        pollfd ready{output_, POLLIN, 0};
        if (poll(&ready, 1, 20'000) != 1) throw std::runtime_error("the program says nothing");
        return read(output_, &c, 1) == 1;
    }

    std::filesystem::path errors_;
    int output_ = -1;
    pid_t process_ = -1;
};

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

TEST_F(CollectorProgramTest, TakesItsUsersFromAFile) {
    std::ofstream(directory_ / "users") << "# who may sign in\nann:pass:word\n\nbob:x\r\n";
    Program program(directory_, {COLLECTOR_PROGRAM, "--listen", "127.0.0.1:0", "--database",
                                 options_.database.string(), "--port-file", (directory_ / "port").string(),
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

TEST_F(CollectorProgramTest, SaysWhatIsWrongWithItsCommandLine) {
    auto expect = [&](std::vector<std::string> words, int status, std::string_view message) {
        auto result = collector(std::move(words));
        EXPECT_EQ(result.status, status) << message;
        EXPECT_THAT(result.err, HasSubstr(std::string(message)));
        EXPECT_THAT(result.out, IsEmpty());
    };
    expect({"--bogus"}, 2, "\"--bogus\" is not understood");
    expect({"word"}, 2, "\"word\" is not understood");
    expect({"--listen"}, 2, "--listen needs a value");
    expect({"--listen", "127.0.0.1:port"}, 2, "--listen's port is \"port\"");
    expect({"--listen", "127.0.0.1:65536"}, 2, "0 to 65535");
    expect({"--listen", "::1:80"}, 2, "[::1]:8080");
    expect({"--threads=0"}, 2, "--threads is \"0\"");
    expect({"--max-body", "1", "--max-body", "2"}, 2, "--max-body is given twice");
    expect({"--token-file", "/nowhere"}, 2, "/nowhere");
    expect({"--users-file", "/nowhere"}, 2, "/nowhere");
    expect({"--user", "ann"}, 2, "a user is written NAME:PASSWORD");
    expect({"--user", "ann:"}, 1, "needs a password");
    expect({"--token-lifetime", "0"}, 2, "--token-lifetime is \"0\"");
    expect({"--listen", "0.0.0.0:0"}, 1, "a token is needed");
    expect({"--listen", "localhost:0"}, 1, "is not an address");
    expect({"--listen", "127.0.0.1:0", "--database", "/nowhere/x.db"}, 1, "/nowhere/x.db");
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
