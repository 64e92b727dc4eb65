#include <fstream>

#include <gtest/gtest.h>
#include <sidespan/sink_http/http_sink.h>

#include "support/error_log.h"
#include "support/fault_server.h"
#include "support/span_records.h"
#include "support/temporary_directory.h"
#include "support/tls_identities.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

TEST(HttpSinkTls, SendsNothingToAServerItCannotTrust) {
    const TestAuthority authority;
    for (const auto& identity : {authority.issue("telemetry.example.com"), authority.issue("127.0.0.1", -24h),
                                 TestAuthority().issue("127.0.0.1")}) {
        FaultServer server(identity);
        ErrorLog log;
        TemporaryDirectory directory;
        std::ofstream(directory / "ca.pem") << authority.certificate();
        Config config;
        config.endpoint = server.url();
        config.consent = Consent::granted;
        config.token = "secret-token";
        config.onError = log.handler();
        config.http.caFile = directory / "ca.pem";
        HttpSink sink(validate(config).value());
        sink.start();
        sink.consume(SpanRecords(10).batch());
        EXPECT_FALSE(sink.flush(deadlineIn(0s)));
        ASSERT_TRUE(log.waitFor(ErrorCode::network));
        EXPECT_FALSE(sink.shutdown(deadlineIn(0s)));
        EXPECT_TRUE(server.requests().empty());
        EXPECT_TRUE(log.mentions("certificate")) << log.errors().at(0).message;
    }
}

}
}
