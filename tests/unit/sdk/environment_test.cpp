#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/config.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>

#include "support/environment_variable.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Variables of the environment while it is there.
class Variables {
public:
    void set(const std::string& name, const std::string& value) {
        names_.push_back(name);
        setVariable(name, value);
    }
    ~Variables() {
        for (const auto& name : names_) unsetVariable(name);
    }

private:
    std::vector<std::string> names_;
};

struct Read {
    Config config;
    std::vector<std::string> problems;
};

Read readEnvironment() {
    Read read;
    std::vector<std::string> problems;
    read.config = Config::fromEnvironment([&](const Error& error) { problems.push_back(error.message); });
    read.config.onError = {};
    read.problems = std::move(problems);
    return read;
}

/// One row of the table in docs/environment.md.
struct Row {
    std::string variable;
    std::string good;
    std::function<bool(const Config&)> isTaken;
    std::vector<std::string> bad;
    std::string right;  ///< what the report says would be right
};

void PrintTo(const Row& row, std::ostream* out) {
    *out << row.variable;
}

class EnvironmentRow : public ::testing::TestWithParam<Row> {
protected:
    Variables variables_;
};

TEST_P(EnvironmentRow, IsTaken) {
    variables_.set(GetParam().variable, GetParam().good);
    const auto read = readEnvironment();
    EXPECT_THAT(read.problems, IsEmpty());
    EXPECT_TRUE(GetParam().isTaken(read.config));
    variables_.set(GetParam().variable, "");
    EXPECT_EQ(detail::differingFields(readEnvironment().config, Config::fromEnvironment()), "");
}

TEST_P(EnvironmentRow, IsReportedByNameAndDefaultedWhenItIsBad) {
    const auto defaults = Config::fromEnvironment();
    for (const auto& bad : GetParam().bad) {
        variables_.set(GetParam().variable, bad);
        const auto read = readEnvironment();
        ASSERT_EQ(read.problems.size(), 1U) << bad;
        EXPECT_THAT(read.problems[0], HasSubstr(GetParam().variable));
        EXPECT_THAT(read.problems[0], HasSubstr(GetParam().right));
        EXPECT_EQ(detail::differingFields(read.config, defaults), "") << bad;
    }
}

TEST_P(EnvironmentRow, IsInTheTableOfTheDocuments) {
    std::ifstream stream(SIDESPAN_DOCS "/environment.md");
    const std::string page(std::istreambuf_iterator<char>(stream), {});
    EXPECT_THAT(page, HasSubstr("| `" + GetParam().variable + "` |"));
}

const Row rows[]{
    {"OTEL_SDK_DISABLED", "True", [](const Config& c) { return c.disabled; }, {"yes", "1"}, "true or false"},
    {"OTEL_SERVICE_NAME",
     "LoopShare",
     [](const Config& c) { return c.service.name == "LoopShare"; },
     {std::string(256, 'n'), "a\nb"},
     "Config::service.name"},
    {"OTEL_RESOURCE_ATTRIBUTES",
     " service.version=1.2.0, service.instance.id=rack-4 ,team=audio%2C%20Berlin,empty=,",
     [](const Config& c) {
         return c.service.version == "1.2.0" && c.service.instanceId == "rack-4" &&
                c.resource == Attributes{{"team", "audio, Berlin"}, {"empty", ""}};
     },
     {"team", "=x", "team=%zz", "team=%2", "a=1,b", "telemetry.sdk.name=other"},
     ""},
    {"OTEL_EXPORTER_OTLP_ENDPOINT",
     "https://collector.example.com:4318/otlp/",
     [](const Config& c) { return c.endpoint == "https://collector.example.com:4318/otlp"; },
     {"collector:4318", "http://"},
     "Config::endpoint"},
    {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
     "https://collector.example.com/otlp/traces?team=audio",
     [](const Config& c) {
         return c.endpoint == "https://collector.example.com" &&
                c.http.spansPath == "/otlp/traces?team=audio";
     },
     {"collector.example.com/otlp", "ftp://collector/v1/traces"},
     "Config::endpoint"},
    {"OTEL_EXPORTER_OTLP_HEADERS",
     "authorization=Basic%20abc,x-team=audio",
     [](const Config& c) {
         return c.http.headers ==
                std::map<std::string, std::string>{{"authorization", "Basic abc"}, {"x-team", "audio"}};
     },
     {"authorization", "a b=c", "content-type=x", "x=%0a"},
     ""},
    {"OTEL_EXPORTER_OTLP_TIMEOUT",
     "2500",
     [](const Config& c) { return c.http.requestTimeout == 2500ms; },
     {"10s", "-1", "0", "99999999999"},
     ""},
    {"OTEL_EXPORTER_OTLP_TRACES_HEADERS",
     "authorization=Basic%20abc,x-team=audio",
     [](const Config& c) {
         return c.http.headers ==
                std::map<std::string, std::string>{{"authorization", "Basic abc"}, {"x-team", "audio"}};
     },
     {"authorization", "a b=c", "content-type=x", "x=%0a"},
     ""},
    {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
     "2500",
     [](const Config& c) { return c.http.requestTimeout == 2500ms; },
     {"10s", "-1", "0", "99999999999"},
     ""},
    {"OTEL_TRACES_SAMPLER",
     "parentbased_always_off",
     [](const Config& c) { return c.sampler == Sampler::parentBased(Sampler::alwaysOff()); },
     {"sometimes", "parentbased_", "parentbased_parentbased_always_on", "jaeger_remote"},
     "always_on"},
    {"OTEL_TRACES_SAMPLER_ARG",
     "0.25",
     [](const Config& c) { return c.sampler == Sampler(); },  // of a sampler that takes none
     {"1.5", "-0.1", "half", ".", "1e-1"},
     "from 0 to 1"},
    {"OTEL_PROPAGATORS",
     "Baggage, ,baggage",
     [](const Config& c) { return c.propagators == Propagators::baggage; },
     {"b3", "jaeger", "x headers", "none,tracecontext", "tracecontext,none"},
     "none, or tracecontext and baggage"},
    {"OTEL_BSP_MAX_QUEUE_SIZE",
     "4096",
     [](const Config& c) { return c.queue.capacityBytes == std::size_t{8} << 20U; },
     {"many", "0"},
     ""},
    {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
     "100",
     [](const Config& c) { return c.batch.maxSpans == 100; },
     {"1.5", "0", "65537"},
     ""},
    {"OTEL_BSP_SCHEDULE_DELAY",
     "0",
     [](const Config& c) { return c.batch.maxAge == 0ms; },
     {"soon", "3600001"},
     ""},
    {"OTEL_BSP_EXPORT_TIMEOUT",
     "1500",
     [](const Config& c) { return c.http.requestTimeout == 1500ms; },
     {"never", "0"},
     ""},
};

INSTANTIATE_TEST_SUITE_P(Environment, EnvironmentRow, ::testing::ValuesIn(rows));

TEST(Environment, HasTheDefaultsOfTheSpecification) {
    const auto [config, problems] = readEnvironment();
    EXPECT_THAT(problems, IsEmpty());
    EXPECT_EQ(config.endpoint, "http://localhost:4318");
    EXPECT_EQ(config.http.requestTimeout, 10s);
    EXPECT_EQ(config.batch.maxSpans, 512U);
    EXPECT_EQ(config.batch.maxAge, 5s);
    EXPECT_EQ(config.queue.capacityBytes, 2048U * 2048U);
    EXPECT_FALSE(config.disabled);
    EXPECT_EQ(config.propagators, Propagators::all);
    EXPECT_EQ(config.consent.state(), Consent::unknown);
    EXPECT_TRUE(validate(config));
}

TEST(Environment, GivesTheMoreSpecificVariableItsWay) {
    Variables variables;
    variables.set("OTEL_SERVICE_NAME", "LoopShare");
    variables.set("OTEL_RESOURCE_ATTRIBUTES", "service.name=other");
    variables.set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:4318/v1/traces");
    variables.set("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318");
    variables.set("OTEL_BSP_EXPORT_TIMEOUT", "30000");
    variables.set("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "4000");
    variables.set("OTEL_EXPORTER_OTLP_TIMEOUT", "8000");
    variables.set("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-team=audio");
    variables.set("OTEL_EXPORTER_OTLP_HEADERS", "x-team=all,x-other=all");
    const auto [config, problems] = readEnvironment();
    EXPECT_EQ(config.service.name, "LoopShare");
    EXPECT_EQ(config.endpoint, "http://traces:4318");
    EXPECT_EQ(config.http.spansPath, "/v1/traces");
    EXPECT_EQ(config.http.requestTimeout, 4s);
    EXPECT_EQ(config.http.headers, (std::map<std::string, std::string>{{"x-team", "audio"}}));
}

TEST(Environment, KeepsTheGeneralHeadersWhenThoseForTracesAreWrong) {
    Variables variables;
    variables.set("OTEL_EXPORTER_OTLP_HEADERS", "x-team=all");
    variables.set("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "hush");
    const auto [config, problems] = readEnvironment();
    EXPECT_THAT(problems, ElementsAre(HasSubstr("OTEL_EXPORTER_OTLP_TRACES_HEADERS is not a list")));
    EXPECT_EQ(config.http.headers, (std::map<std::string, std::string>{{"x-team", "all"}}));
}

TEST(Environment, KnowsEverySamplerOfTheSpecification) {
    const auto samplerOf = [](const char* name, const char* share) {
        Variables variables;
        variables.set("OTEL_TRACES_SAMPLER", name);
        variables.set("OTEL_TRACES_SAMPLER_ARG", share);
        return readEnvironment().config.sampler;
    };
    EXPECT_EQ(samplerOf("always_on", ""), Sampler::alwaysOn());
    EXPECT_EQ(samplerOf("always_off", ""), Sampler::alwaysOff());
    EXPECT_EQ(samplerOf("traceidratio", ""), Sampler::probability(1));
    EXPECT_EQ(samplerOf("traceidratio", "0.25"), Sampler::probability(0.25));
    EXPECT_EQ(samplerOf("parentbased_always_on", ""), Sampler::parentBased(Sampler::alwaysOn()));
    EXPECT_EQ(samplerOf("parentbased_traceidratio", "0.5"), Sampler::parentBased(Sampler::probability(0.5)));
}

TEST(Environment, ChoosesThePropagatorsWithTheXHeadersBesideTheTraceContext) {
    const auto propagatorsOf = [](const char* names) {
        Variables variables;
        variables.set("OTEL_PROPAGATORS", names);
        const auto [config, problems] = readEnvironment();
        EXPECT_THAT(problems, IsEmpty()) << names;
        return config.propagators;
    };
    EXPECT_EQ(propagatorsOf("tracecontext,baggage"), Propagators::all);
    EXPECT_EQ(propagatorsOf("baggage, tracecontext, baggage"), Propagators::all);
    EXPECT_EQ(propagatorsOf("tracecontext"), Propagators::traceContext | Propagators::xHeaders);
    EXPECT_EQ(propagatorsOf("none"), Propagators::none);
    EXPECT_EQ(propagatorsOf(","), Propagators::all);
}

TEST(Environment, LeavesOutThePropagatorsItLacksAndNamesEachOfThem) {
    Variables variables;
    variables.set("OTEL_PROPAGATORS", "b3,tracecontext,jaeger");
    const auto [config, problems] = readEnvironment();
    EXPECT_EQ(config.propagators, Propagators::traceContext | Propagators::xHeaders);
    EXPECT_THAT(problems, ElementsAre(HasSubstr("OTEL_PROPAGATORS names \"b3\""),
                                      HasSubstr("OTEL_PROPAGATORS names \"jaeger\"")));
}

TEST(Environment, ShowsNoCredentials) {
    Variables variables;
    variables.set("OTEL_EXPORTER_OTLP_HEADERS", "authorization=hush,hush");
    variables.set("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:hush@collector:4318");
    const auto [config, problems] = readEnvironment();
    ASSERT_EQ(problems.size(), 2U);
    for (const auto& problem : problems) EXPECT_THAT(problem, Not(HasSubstr("hush")));
}

TEST(Environment, ShowsNoCredentialsOfAHeaderThatIsWrittenAsALine) {
    for (const auto* const line : {"Authorization: Basic hush==", "authorization: Bearer hush=,x=y"}) {
        Variables variables;
        variables.set("OTEL_EXPORTER_OTLP_HEADERS", line);
        const auto [config, problems] = readEnvironment();
        ASSERT_EQ(problems.size(), 1U);
        EXPECT_THAT(problems[0], Not(HasSubstr("hush")));
        EXPECT_THAT(config.http.headers, IsEmpty());
    }
}

TEST(Environment, ADisabledRecorderRecordsNothing) {
    Config config;
    config.disabled = true;
    config.consent = Consent::granted;
    Recorder<SteadyClock, MemorySink, std::mutex> recorder(config);
    {
        auto span = recorder.span("work");
        EXPECT_FALSE(span.context().isValid());
    }
    EXPECT_TRUE(recorder.flush(10s));
    EXPECT_EQ(recorder.stats().recorded, 0U);
    EXPECT_FALSE(recorder.configError());
}

}
}
