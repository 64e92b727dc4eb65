#include <chrono>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/config.h>

namespace {

using namespace std::chrono_literals;
using sidespan::Config;
using sidespan::ErrorCode;
using sidespan::validate;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Config, IsValidAsItIsMade) {
    EXPECT_TRUE(validate({}));
}

TEST(Config, KeepsWhatItWasGiven) {
    Config config;
    config.service = {"LoopShare", "1.2.0"};
    config.clientType = sidespan::ClientType::web;
    config.endpoint = "https://telemetry.example.com:8443/base";
    config.token = "secret";
    const auto valid = validate(config);
    ASSERT_TRUE(valid);
    EXPECT_EQ(valid.value()->endpoint, config.endpoint);
    EXPECT_EQ((*valid.value()).token, "secret");
    EXPECT_EQ(valid.value().resource(), (sidespan::Resource{config.service, sidespan::ClientType::web}));
}

TEST(Config, ReportsToItsErrorHandlerAndToNobodyWithoutOne) {
    Config config;
    std::vector<sidespan::Error> errors;
    config.onError = [&](const sidespan::Error& error) { errors.push_back(error); };
    const auto valid = validate(config);
    valid.value().report({ErrorCode::io, "disk"});
    EXPECT_THAT(errors, ::testing::ElementsAre(sidespan::Error{ErrorCode::io, "disk"}));
    validate({}).value().report({ErrorCode::io, "disk"});
}

struct BadField {
    std::string field;  ///< as the error names it
    std::function<void(Config&)> set;
    std::string held;   ///< what the error says it holds
    std::string right;  ///< what the error says would be right
};

void PrintTo(const BadField& bad, std::ostream* out) {
    *out << bad.field << " " << bad.held;
}

class ConfigField : public ::testing::TestWithParam<BadField> {};

TEST_P(ConfigField, IsNamedWithItsValueAndWhatWouldBeRight) {
    Config config;
    GetParam().set(config);
    const auto result = validate(config);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::invalidConfig);
    EXPECT_THAT(result.error().message, AllOf(HasSubstr("Config::" + GetParam().field + " "),
                                              HasSubstr(GetParam().held), HasSubstr(GetParam().right)));
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, ConfigField,
    ::testing::Values(
        BadField{"queue.capacityBytes", [](Config& c) { c.queue.capacityBytes = 65535; }, "65535 bytes",
                 "from 65536 to 1073741824 bytes"},
        BadField{"queue.capacityBytes", [](Config& c) { c.queue.capacityBytes = (1U << 30U) + 1; },
                 "1073741825 bytes", "from 65536 to 1073741824 bytes"},
        BadField{"batch.maxSpans", [](Config& c) { c.batch.maxSpans = 0; }, "0 spans",
                 "from 1 to 65536 spans"},
        BadField{"batch.maxSpans", [](Config& c) { c.batch.maxSpans = 65537; }, "65537 spans",
                 "from 1 to 65536 spans"},
        BadField{"batch.maxBytes", [](Config& c) { c.batch.maxBytes = 8191; }, "8191 bytes",
                 "from 8192 to 67108864 bytes"},
        BadField{"outbox.maxBytes", [](Config& c) { c.outbox.maxBytes = 1; }, "1 bytes",
                 "from 65536 to 1099511627776 bytes"},
        BadField{"file.maxBytes", [](Config& c) { c.file.maxBytes = 4095; }, "4095 bytes",
                 "from 4096 to 1099511627776 bytes"},
        BadField{"file.maxFiles", [](Config& c) { c.file.maxFiles = 0; }, "0 files", "from 1 to 1000 files"},
        BadField{"file.maxFiles", [](Config& c) { c.file.maxFiles = 1001; }, "1001 files",
                 "from 1 to 1000 files"}));

INSTANTIATE_TEST_SUITE_P(
    Resources, ConfigField,
    ::testing::Values(
        BadField{"resource", [](Config& c) { c.resource["service.name"] = "x"; }, "\"service.name\"",
                 "Config::service"},
        BadField{"resource", [](Config& c) { c.resource["telemetry.sdk.name"] = "x"; },
                 "\"telemetry.sdk.name\"", "by the SDK"},
        BadField{"resource", [](Config& c) { c.resource[""] = "x"; }, "the key \"\"", "1 to 255 bytes"},
        BadField{"resource", [](Config& c) { c.resource[std::string(256, 'k')] = 1; }, "the key",
                 "1 to 255 bytes"},
        BadField{"resource", [](Config& c) { c.resource["team"] = std::string(20'000, 't'); }, "20004 bytes",
                 "from 0 to 16384 bytes"},
        BadField{"resource",
                 [](Config& c) {
                     for (int i = 0; i < 129; ++i) c.resource["k" + std::to_string(i)] = i;
                 },
                 "129 attributes", "from 0 to 128 attributes"},
        BadField{"service.instanceId", [](Config& c) { c.service.instanceId = std::string(256, 'i'); },
                 "256 bytes", "from 0 to 255 bytes"}));

INSTANTIATE_TEST_SUITE_P(
    Times, ConfigField,
    ::testing::Values(
        BadField{"queue.drainInterval", [](Config& c) { c.queue.drainInterval = 0ms; }, "0 ms",
                 "from 1 to 10000 ms"},
        BadField{"queue.drainInterval", [](Config& c) { c.queue.drainInterval = 10001ms; }, "10001 ms",
                 "from 1 to 10000 ms"},
        BadField{"batch.maxAge", [](Config& c) { c.batch.maxAge = -1ms; }, "-1 ms", "from 0 to 3600000 ms"},
        BadField{"http.connectTimeout", [](Config& c) { c.http.connectTimeout = 0ms; }, "0 ms",
                 "from 1 to 600000 ms"},
        BadField{"http.requestTimeout", [](Config& c) { c.http.requestTimeout = 2h; }, "7200000 ms",
                 "from 1 to 3600000 ms"},
        BadField{"retry.initialBackoff", [](Config& c) { c.retry.initialBackoff = 0ms; }, "0 ms",
                 "from 1 to 3600000 ms"},
        BadField{"retry.maxBackoff", [](Config& c) { c.retry.maxBackoff = 0ms; }, "0 ms",
                 "from 1 to 86400000 ms"},
        BadField{"retry.initialBackoff", [](Config& c) { c.retry.initialBackoff = 10min; }, "600000 ms",
                 "no more than retry.maxBackoff, 300000 ms"},
        BadField{"outbox.maxAge", [](Config& c) { c.outbox.maxAge = 0s; }, "0 s", "from 1 to 31622400 s"},
        BadField{"shutdownTimeout", [](Config& c) { c.shutdownTimeout = -1ms; }, "-1 ms",
                 "from 0 to 60000 ms"}));

INSTANTIATE_TEST_SUITE_P(
    Texts, ConfigField,
    ::testing::Values(
        BadField{"endpoint", [](Config& c) { c.endpoint = "example.com"; }, "\"example.com\"", "https://"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "ftp://example.com"; }, "\"ftp://example.com\"",
                 "https://"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "http://"; }, "\"http://\"", "a host"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "http:///path"; }, "\"http:///path\"", "a host"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "http://a b"; }, "\"http://a b\"", "https://"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "http://a\nb"; }, "\"http://a?b\"", "https://"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "https://a?key=1"; }, "\"?\"", "must not contain"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "https://a/#b"; }, "\"#\"", "must not contain"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "http://a:80a80"; }, "\"http://a:80a80\"",
                 "from 1 to 65535"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "http://a:65536/b"; }, "\"http://a:65536/b\"",
                 "from 1 to 65535"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "http://a:"; }, "\"http://a:\"", "from 1 to 65535"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "http://:80"; }, "\"http://:80\"", "a host"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "http://[::1"; }, "\"http://[::1\"", "a host"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "http://[]:80"; }, "\"http://[]:80\"", "a host"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "http://::1:80"; }, "\"http://::1:80\"", "a host"},
        BadField{"endpoint", [](Config& c) { c.endpoint = "http://[::1]80"; }, "\"http://[::1]80\"",
                 "from 1 to 65535"},
        BadField{"http.spansPath", [](Config& c) { c.http.spansPath = "v1/traces?key=secret"; },
                 "\"v1/traces\"", "begins with '/'"},
        BadField{"http.spansPath", [](Config& c) { c.http.spansPath = "/v1 traces"; }, "\"/v1 traces\"",
                 "no blank"},
        BadField{"http.proxy", [](Config& c) { c.http.proxy = "proxy:3128"; }, "\"proxy:3128\"",
                 "http://proxy.example.com:3128"},
        BadField{"http.proxy", [](Config& c) { c.http.proxy = "http://proxy"; }, "\"http://proxy\"", "port"},
        BadField{"http.proxy", [](Config& c) { c.http.proxy = "http://[::1]/"; }, "\"http://[::1]/\"",
                 "port"},
        BadField{"http.headers", [](Config& c) { c.http.headers["bad name"] = "x"; }, "\"bad name\"",
                 "a token (RFC 9110"},
        BadField{"http.headers", [](Config& c) { c.http.headers[""] = "x"; }, "\"\"", "a token (RFC 9110"},
        BadField{"http.headers", [](Config& c) { c.http.headers["X-Key"] = "a\r\nb"; }, "control characters",
                 "must not"},
        BadField{"http.headers", [](Config& c) { c.http.headers["X-Key"] = "a\n"; }, "\"X-Key\"", "must not"},
        BadField{"http.headers", [](Config& c) { c.http.headers["content-LENGTH"] = "2"; },
                 "\"content-LENGTH\"", "the SDK sets"},
        BadField{"http.caFile", [](Config& c) { c.http.caFile = "~/ca.pem"; }, "\"~/ca.pem\"",
                 "a path in full"},
        BadField{"outbox.directory", [](Config& c) { c.outbox.directory = "~"; }, "\"~\"", "a path in full"},
        BadField{"file.path", [](Config& c) { c.file.path = "~/spans.jsonl"; }, "\"~/spans.jsonl\"",
                 "a path in full"},
        BadField{"file.path", [](Config& c) { c.file.path = std::string("a\0b", 3); }, "a null character",
                 "must not contain"},
        BadField{"service.name", [](Config& c) { c.service.name = "a\nb"; }, "control characters",
                 "must not"},
        BadField{"service.name", [](Config& c) { c.service.name.assign(256, 'n'); }, "256 bytes", "255"},
        BadField{"service.version", [](Config& c) { c.service.version = "1\x7f"; }, "control characters",
                 "must not"},
        BadField{"service.version", [](Config& c) { c.service.version.assign(33, '1'); }, "33 bytes",
                 "from 0 to 32 bytes"}));

TEST(Config, NeverRepeatsATokenOrCredentials) {
    Config config;
    config.token = "hunter2\n";
    EXPECT_THAT(validate(config).error().message,
                AllOf(HasSubstr("Config::token must not"), Not(HasSubstr("hunter2"))));
    config = {};
    config.endpoint = "https://user:hunter2@example.com/";
    EXPECT_THAT(validate(config).error().message, AllOf(HasSubstr("Config::endpoint must not"),
                                                        HasSubstr("credentials"), Not(HasSubstr("hunter2"))));
    config = {};
    config.http.headers["X-Key"] = "hunter2\n";
    EXPECT_THAT(validate(config).error().message, Not(HasSubstr("hunter2")));
}

TEST(Config, NeverRepeatsCredentialsOfAnAddressThatIsWrongOtherwise) {
    for (const std::string address :
         {"https://user:hunter2@example.com/a b", "user:hunter2@example.com",
          "ftp://user:hunter2@example.com", "https://user:hunter2@example.com\n"}) {
        Config config;
        config.endpoint = address;
        ASSERT_FALSE(validate(config)) << address;
        EXPECT_THAT(validate(config).error().message, Not(HasSubstr("hunter2"))) << address;
        config = {};
        config.http.proxy = address;
        EXPECT_THAT(validate(config).error().message, Not(HasSubstr("hunter2"))) << address;
    }
}

TEST(Config, AcceptsTheEndsOfEveryRange) {
    Config config;
    config.queue = {64 * 1024, 1ms};
    config.batch.maxSpans = 1;
    config.batch.maxBytes = 8 * 1024;
    config.batch.maxAge = 0ms;
    config.file.maxBytes = 4096;
    config.file.maxFiles = 1;
    config.outbox.maxBytes = 64 * 1024;
    config.shutdownTimeout = 0ms;
    EXPECT_TRUE(validate(config));
    config.queue = {std::size_t{1} << 30U, 10s};
    config.batch.maxSpans = 65536;
    config.batch.maxBytes = std::size_t{64} << 20U;
    config.batch.maxAge = 1h;
    config.file.maxFiles = 1000;
    config.shutdownTimeout = 1min;
    EXPECT_TRUE(validate(config));
}

TEST(Config, AcceptsEveryKindOfAddressAndPath) {
    for (const std::string address :
         {"http://a", "https://a.b:1/base/", "http://127.0.0.1:65535", "http://[::1]",
          "http://[2001:db8::1]:8080/x", "http://[::ffff:10.0.0.1]:80", "HTTP://a", "Https://a"}) {
        Config config;
        config.endpoint = address;
        EXPECT_TRUE(validate(config)) << address;
    }
    Config config;
    config.outbox.directory = "~other/outbox";
    config.file.path = "a/~/spans.jsonl";
    config.http.headers = {{"Host", "a"}, {"X-Content-Type", "b"}};
    EXPECT_TRUE(validate(config));
}

TEST(Config, TakesCredentialsForTheProxyAlone) {
    Config config;
    for (const std::string address :
         {"http://user:p%40ss@proxy:3128", "http://user@proxy:3128", "http://u:@[::1]:1"}) {
        config.http.proxy = address;
        EXPECT_TRUE(validate(config)) << address;
    }
    for (const std::string address : {"http://user:hunter2@proxy", "http://user:hunter2@:80",
                                      "http://u:hunter/2@p:1", "http://hunter2:p@a:70000"}) {
        config.http.proxy = address;
        ASSERT_FALSE(validate(config)) << address;
        EXPECT_THAT(validate(config).error().message,
                    AllOf(HasSubstr("Config::http.proxy"), Not(HasSubstr("hunter"))))
            << address;
    }
}

TEST(Config, RefusesTimesThatWouldOverflow) {
    Config config;
    config.outbox.maxAge = std::chrono::seconds::max();
    EXPECT_FALSE(validate(config));
    config.outbox.maxAge = std::chrono::seconds::min();
    EXPECT_FALSE(validate(config));
}

}
