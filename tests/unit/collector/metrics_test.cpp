#include "metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/metric_text.h"

namespace sidespan::collector {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, CountWhatHappened) {
    Metrics metrics;
    metrics.answered("POST /v1/traces", 200);
    metrics.answered("POST /v1/traces", 200);
    metrics.answered("POST /v1/traces", 429);
    metrics.answered("", 404);
    metrics.refused(http_server::RefusalKind::addressLimit);
    metrics.stored(5, 2, 1);
    metrics.stored(1, 0, 0);
    metrics.lostByClients({{"outbox-full", 7}, {"expired", -1}, {"evil\"} 1\n", 3}});
    metrics.timed({2, 3'000'000'000, 0, 500'000'000});
    metrics.timed({-1, -1'000'000'000, 250'000'000, 0});
    metrics.storeTook(3ms);
    metrics.storeTook(20s);
    metrics.storeFailed();
    const auto text = metrics.text(0, std::nullopt);
    for (const auto* line : {"requests_total{route=\"POST /v1/traces\",status=\"200\"} 2\n",
                             "requests_total{route=\"POST /v1/traces\",status=\"429\"} 1\n",
                             "requests_total{route=\"other\",status=\"404\"} 1\n",
                             "refusals_total{kind=\"address_limit\"} 1\n",
                             "refusals_total{kind=\"token\"} 0\n",
                             "spans_total{result=\"accepted\"} 6\n",
                             "spans_total{result=\"duplicate\"} 2\n",
                             "spans_total{result=\"rejected\"} 1\n",
                             "client_lost_spans_total{reason=\"outbox-full\"} 7\n",
                             "client_lost_spans_total{reason=\"expired\"} 0\n",
                             "client_lost_spans_total{reason=\"other\"} 3\n",
                             "trace_seconds{tier=\"plugin\"} 2\n",
                             "trace_seconds{tier=\"network\"} 0.25\n",
                             "trace_seconds{tier=\"server\"} 0.5\n",
                             "timed_traces 1\n",
                             "store_write_seconds_bucket{le=\"0.0025\"} 0\n",
                             "store_write_seconds_bucket{le=\"0.005\"} 1\n",
                             "store_write_seconds_bucket{le=\"10\"} 1\n",
                             "store_write_seconds_bucket{le=\"+Inf\"} 2\n",
                             "store_write_seconds_count 2\n",
                             "store_failures_total 1\n"})
        EXPECT_THAT(text, HasSubstr(std::string("\nsidespan_collector_") + line));
    EXPECT_THAT(text, Not(HasSubstr("forward")));
    EXPECT_THAT(text, Not(HasSubstr("evil")));
    EXPECT_THAT(metrics.text(3, SinkStats{.received = 9, .delivered = 4, .onDisk = 5, .dropped = {}}),
                HasSubstr("forward_waiting_spans 5\n"));
}

TEST(Metrics, LabelsAreEscaped) {
    MetricText text;
    text.family("a", "gauge", "An a.");
    text.sample({{"x", "1\"2\\3\n4"}, {"y", ""}}, 0.5);
    EXPECT_EQ(text.text(), "# HELP a An a.\n# TYPE a gauge\na{x=\"1\\\"2\\\\3\\n4\",y=\"\"} 0.5\n");
}

}
}
