#include <chrono>
#include <cmath>
#include <memory>

#include <sidespan/sink_http/http_sink.h>
#include <boost/json/array.hpp>

#include "../unit/encodings/record_builder.h"
#include "collector_fixture.h"

namespace sidespan::collector::testing {
namespace {

using namespace std::chrono_literals;

/// A machine whose wall clock is wrong.
class WrongClock final : public DeliveryClock {
public:
    explicit WrongClock(std::chrono::seconds skew) : skew_(skew) {}
    [[nodiscard]] WallTime wallNow() const override { return DeliveryClock::wallNow() + skew_; }

private:
    std::chrono::seconds skew_;
};

class CollectorClockTest : public CollectorTest, public ::testing::WithParamInterface<int> {};

TEST_P(CollectorClockTest, KnowsHowFarAClientsClockIsOff) {
    start();
    const std::chrono::seconds skew(GetParam());
    const auto clock = std::make_shared<WrongClock>(skew);
    Config config;
    config.endpoint = collector_->url();
    config.consent = Consent::granted;
    HttpSink sink(validate(config).value(), NetworkClient::Parts{.clock = clock});
    sink.start();
    const auto trace = *TraceId::parse(traceA);
    const Resource resource;
    for (std::uint64_t id = 1; id <= 3; ++id) {
        const auto now =
            static_cast<std::uint64_t>(std::chrono::nanoseconds(clock->wallNow().time_since_epoch()).count());
        RecordBuilder builder("work");
        builder.item().traceHigh = trace.high();
        builder.item().traceLow = trace.low();
        builder.item().spanId = id;
        builder.item().start = now;
        builder.item().end = now + 1000;
        const auto record = builder.finish();
        sink.consume(SpanBatch(record, 1, resource, config.consent.epoch()));
        ASSERT_TRUE(sink.flush(deadlineIn(10s)));
    }
    const auto stored = parse(connect().get(fmt::format("/api/v1/traces/{}", traceA)));
    const auto& spans = stored.at("spans").as_array();
    ASSERT_EQ(spans.size(), 3U);
    for (const auto& span : spans) {
        const auto shift = span.at("serverClockShiftMs").to_number<double>();
        const auto error = span.at("serverClockErrorMs").to_number<double>();
        EXPECT_LE(std::abs(shift + static_cast<double>(skew.count()) * 1000), error + 50) << span;
        EXPECT_LT(error, 15'000) << span;
    }
}

INSTANTIATE_TEST_SUITE_P(Skew, CollectorClockTest, ::testing::Values(-90, 90));

}
}
