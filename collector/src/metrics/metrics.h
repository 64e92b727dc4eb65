#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sidespan/stats.h>
#include <sidespan_http_server/refusal.h>

#include "store/rollup/rollup.h"

namespace sidespan::collector {

class MetricText;

/// The collector's own counts since its start. Bounded: every label comes from a fixed set, whatever clients
/// send. [any thread]
class Metrics {
public:
    /// `route` is a route's name, which lives as long as the program; empty if there is none.
    void answered(std::string_view route, unsigned status);
    void refused(http_server::RefusalKind kind);
    /// What became of the spans of one request.
    void stored(std::size_t accepted, std::size_t duplicate, std::size_t rejected);
    /// Spans that clients lost since their last report, by the names of DropReason.
    void lostByClients(const std::vector<std::pair<std::string, std::int64_t>>& lost);
    /// How a batch changed the time of all traces.
    void timed(const TraceTimes& times);
    /// How long a batch took to be stored.
    void storeTook(std::chrono::nanoseconds time);
    void storeFailed();

    /// In Prometheus' exposition format. `waitingPosts` is the number of requests that are not stored yet.
    /// `forward` is empty if nothing is forwarded.
    [[nodiscard]] std::string text(std::size_t waitingPosts, const std::optional<SinkStats>& forward) const;

private:
    static constexpr std::array<double, 12> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                   0.1,   0.25,   0.5,   1,    2.5,   10};
    void writeRequests(MetricText& text) const;
    void writeSpans(MetricText& text) const;
    void writeTimes(MetricText& text) const;
    void writeStore(MetricText& text) const;

    mutable std::mutex mutex_;
    std::map<std::pair<std::string_view, unsigned>, std::uint64_t> answers_;
    std::array<std::uint64_t, http_server::refusalKinds> refusals_{};
    std::uint64_t accepted_ = 0;
    std::uint64_t duplicate_ = 0;
    std::uint64_t rejected_ = 0;
    std::array<std::uint64_t, dropReasonCount + 1> lost_{};  ///< the last one counts unknown reasons
    TraceTimes times_;
    std::array<std::uint64_t, bounds.size() + 1> storeTimes_{};
    double storeSeconds_ = 0;
    std::uint64_t storeFailures_ = 0;
};

}
