#include <cstdlib>
#include <fstream>

#include "loop_service_fixture.h"
#include "program.h"
#include "support/fault_server.h"

namespace sidespan::collector::testing {
namespace {

/// The sample, as a program, with Loop Share's backend and a collector.
class CliClientTest : public LoopServiceTest {
protected:
    CliClientTest() {
        serviceOptions_.users.clear();  // who needs no token
        std::ofstream(directory_ / "my loop.flac") << "a loop";
    }

    std::vector<std::string> loopsWith(std::vector<std::string> environment, std::vector<std::string> words) {
        environment.insert(environment.begin(), {"/usr/bin/env", "LOOP_SERVICE=" + service_->url()});
        environment.emplace_back(LOOPS_PROGRAM);
        environment.insert(environment.end(), words.begin(), words.end());
        return environment;
    }
    [[nodiscard]] std::vector<std::string> traced() const {
        return {"LOOP_TELEMETRY=" + collector_->url(),
                "TRACEPARENT=00-0af7651916cd43dd8448eb211c80319c-00000000000000aa-01"};
    }
    [[nodiscard]] std::string loopFile() const { return (directory_ / "my loop.flac").string(); }

    static const boost::json::value& spanNamed(const boost::json::object& trace, std::string_view name) {
        for (const auto& span : trace.at("spans").as_array())
            if (span.at("name").as_string() == name) return span;
        throw std::runtime_error(fmt::format("there is no span {}", name));
    }
};

TEST_F(CliClientTest, SharesAFileInOneTraceWithTheServer) {
    startBoth();
    Program share(directory_, loopsWith(traced(), {"share", loopFile()}));
    const auto id = share.readAll();
    ASSERT_EQ(share.wait(), 0) << share.errors();
    EXPECT_THAT(share.errors(), IsEmpty());

    const auto trace = tracedAt();
    const auto& command = spanNamed(trace, "loops.share");
    const auto& post = spanNamed(trace, "network.post");
    const auto& server = spanNamed(trace, "POST /api/v1/audio/upload");
    EXPECT_EQ(command.at("parentSpanId"), "00000000000000aa");
    EXPECT_EQ(command.at("clientType"), "cli");
    EXPECT_EQ(command.at("serviceName"), "loops");
    EXPECT_EQ(post.at("parentSpanId"), command.at("spanId"));
    EXPECT_EQ(server.at("parentSpanId"), post.at("spanId"));
    EXPECT_EQ(server.at("serviceName"), "loop-service");

    Program list(directory_, loopsWith({}, {"list"}));
    EXPECT_EQ(list.readAll(), id.substr(0, id.size() - 1) + "  my loop.flac\n");
    EXPECT_EQ(list.wait(), 0);
}

TEST_F(CliClientTest, RecordsNothingUnlessItIsToldWhere) {
    startBoth();
    Program list(directory_, loopsWith({}, {"list"}));
    EXPECT_THAT(list.readAll(), IsEmpty());
    EXPECT_EQ(list.wait(), 0) << list.errors();
    EXPECT_TRUE(service_->flush(std::chrono::seconds(20)));
    const auto traces = parse(connect().get("/api/v1/traces"));
    for (const auto& trace : traces.at("traces").as_array()) EXPECT_NE(trace.at("serviceName"), "loops");
}

TEST_F(CliClientTest, AFailureIsAnErrorOfItsSpans) {
    startBoth();
    for (const std::string path : {"/nowhere", "/tmp"}) {
        Program share(directory_, loopsWith(traced(), {"share", path}));
        EXPECT_THAT(share.readAll(), IsEmpty());
        EXPECT_EQ(share.wait(), 1);
        EXPECT_THAT(share.errors(), HasSubstr(path + " cannot be read"));
    }
    EXPECT_EQ(spanNamed(tracedAt(), "loops.share").at("status"), "error");
}

TEST_F(CliClientTest, ATelemetryThatIsNotThereCostsNeitherTheCommandNorItsStatus) {
    startService();
    Program list(directory_, loopsWith({"LOOP_TELEMETRY=http://127.0.0.1:9"}, {"list"}));
    EXPECT_THAT(list.readAll(), IsEmpty());
    EXPECT_EQ(list.wait(), 0);
    EXPECT_THAT(list.errors(), HasSubstr("loops: telemetry: "));
}

TEST_F(CliClientTest, ShowsNoTerminalWhatItsBackendWouldHaveItDo) {
    startService();
    auto client = connectToService();
    const auto id = idOf(upload(client, "a loop", "a%1B%5B31m%0Ab%7F%C2%9B%C3%A4"));
    Program list(directory_, loopsWith({}, {"list"}));
    EXPECT_EQ(list.readAll(), id + "  a?[31m?b??\u00e4\n");
    EXPECT_EQ(list.wait(), 0);
}

TEST_F(CliClientTest, ShowsNoTerminalWhatAnErrorWouldHaveItDo) {
    startService();
    test::FaultServer server;
    server.otherwise(test::faults::answer(400,
                                          "no\xC2\x9B"
                                          "31m"));
    Program list(directory_,
                 loopsWith({"LOOP_SERVICE=" + server.url(), "LOOP_TELEMETRY=" + server.url()}, {"list"}));
    EXPECT_EQ(list.wait(), 1);
    const auto errors = list.errors();
    EXPECT_THAT(errors, HasSubstr("answered 400: no  31m"));
    EXPECT_EQ(errors.find('\x9B'), errors.npos) << errors;
    Program share(directory_, loopsWith({}, {"share",
                                             "/no\xC2\x9B"
                                             "31m"}));
    EXPECT_EQ(share.wait(), 1);
    EXPECT_THAT(share.errors(), HasSubstr("/no?31m cannot be read"));
}

TEST_F(CliClientTest, ReadsNoFileThatTheBackendWouldRefuseForItsSize) {
    startService();
    Program share(directory_, loopsWith({}, {"share", "/dev/zero"}));
    EXPECT_EQ(share.wait(), 1);
    EXPECT_THAT(share.errors(), HasSubstr("/dev/zero is larger than 64 MiB"));
}

TEST_F(CliClientTest, SaysWhatIsWrongWithAnAnswer) {
    startService();
    test::FaultServer server;
    for (const auto* const answer :
         {"[]", "{}", R"({"loops":7})", R"({"loops":[null]})", R"({"loops":[{"id":5}]})"}) {
        server.otherwise(test::faults::answer(200, answer));
        Program list(directory_, loopsWith({"LOOP_SERVICE=" + server.url()}, {"list"}));
        EXPECT_THAT(list.readAll(), IsEmpty());
        EXPECT_EQ(list.wait(), 1);
        EXPECT_THAT(list.errors(), HasSubstr("the server is not Loop Share's backend: its answer has no "));
    }
}

TEST_F(CliClientTest, FailsWhereItsOutputIsLost) {
    startService();
    auto client = connectToService();
    static_cast<void>(upload(client, "a loop", "a"));
    auto words = loopsWith({}, {"list"});
    words.insert(words.begin(), {"/bin/sh", "-c", R"(exec "$@" > /dev/full)", "sh"});
    Program list(directory_, words);
    EXPECT_EQ(list.wait(), 1);
    EXPECT_THAT(list.errors(), HasSubstr("the output cannot be written"));
}

TEST_F(CliClientTest, SaysHowItIsUsed) {
    Program program(directory_, {LOOPS_PROGRAM, "delete", "everything"});
    EXPECT_EQ(program.wait(), 2);
    EXPECT_THAT(program.errors(), HasSubstr("usage: loops list"));
}

}
}
