#include "metrics/metrics.h"

#include <algorithm>

#include <fmt/format.h>
#include <sidespan/version.h>

#include "metrics/metric_text.h"

namespace sidespan::collector {

namespace {

/// As sinks write it in X-Client-Lost: `outbox-full`.
std::string reasonName(std::size_t index) {
    if (index >= dropReasonCount) return "other";
    std::string name(toString(static_cast<DropReason>(index)));
    std::replace(name.begin(), name.end(), ' ', '-');
    return name;
}

std::size_t reasonIndex(std::string_view name) {
    std::size_t index = 0;
    while (index < dropReasonCount && reasonName(index) != name) ++index;
    return index;
}

double number(std::uint64_t count) {
    return static_cast<double>(count);
}

void writeForward(MetricText& text, const SinkStats& stats) {
    text.family("sidespan_collector_forward_spans_total", "counter",
                "Spans for the target of --forward: taken, recovered from disk at the start, delivered.");
    text.sample({{"state", "taken"}}, number(stats.received));
    text.sample({{"state", "recovered"}}, number(stats.recovered));
    text.sample({{"state", "delivered"}}, number(stats.delivered));
    text.family("sidespan_collector_forward_dropped_spans_total", "counter",
                "Spans that the target of --forward refused for good, by reason.");
    for (std::size_t i = 0; i < dropReasonCount; ++i)
        text.sample({{"reason", reasonName(i)}}, number(stats.dropped.counts[i]));
    text.family("sidespan_collector_forward_waiting_spans", "gauge",
                "Spans that wait for the target of --forward.");
    text.sample({}, number(stats.queued + stats.onDisk));
}

}

void Metrics::answered(std::string_view route, unsigned status) {
    const std::lock_guard lock(mutex_);
    ++answers_[{route.empty() ? "other" : route, status}];
}

void Metrics::refused(http_server::RefusalKind kind) {
    const std::lock_guard lock(mutex_);
    ++refusals_[static_cast<std::size_t>(kind)];
}

void Metrics::stored(std::size_t accepted, std::size_t duplicate, std::size_t rejected) {
    const std::lock_guard lock(mutex_);
    accepted_ += accepted;
    duplicate_ += duplicate;
    rejected_ += rejected;
}

void Metrics::lostByClients(const std::vector<std::pair<std::string, std::int64_t>>& lost) {
    const std::lock_guard lock(mutex_);
    for (const auto& [reason, count] : lost)
        if (count > 0) lost_[reasonIndex(reason)] += static_cast<std::uint64_t>(count);
}

void Metrics::timed(const TraceTimes& times) {
    const std::lock_guard lock(mutex_);
    times_.add(times);
}

void Metrics::storeTook(std::chrono::nanoseconds time) {
    const auto seconds = std::chrono::duration<double>(time).count();
    const auto* const bound = std::lower_bound(bounds.begin(), bounds.end(), seconds);
    const std::lock_guard lock(mutex_);
    ++storeTimes_[static_cast<std::size_t>(bound - bounds.begin())];
    storeSeconds_ += seconds;
}

void Metrics::storeFailed() {
    const std::lock_guard lock(mutex_);
    ++storeFailures_;
}

std::string Metrics::text(std::size_t waitingPosts, const std::optional<SinkStats>& forward) const {
    MetricText text;
    text.family("sidespan_collector_build_info", "gauge", "Always 1; the label is the version.");
    text.sample({{"version", version}}, 1);
    {
        const std::lock_guard lock(mutex_);
        writeRequests(text);
        writeSpans(text);
        writeTimes(text);
        writeStore(text);
    }
    text.family("sidespan_collector_waiting_posts", "gauge", "Requests whose spans are not stored yet.");
    text.sample({}, number(waitingPosts));
    if (forward) writeForward(text, *forward);
    return text.text();
}

void Metrics::writeRequests(MetricText& text) const {
    text.family("sidespan_collector_requests_total", "counter", "Requests by route and status.");
    for (const auto& [key, count] : answers_)
        text.sample({{"route", key.first}, {"status", fmt::format("{}", key.second)}}, number(count));
    text.family("sidespan_collector_refusals_total", "counter",
                "Requests refused before their body was read, by kind.");
    for (std::size_t i = 1; i < refusals_.size(); ++i)  // 0 is no refusal
        text.sample({{"kind", toString(static_cast<http_server::RefusalKind>(i))}}, number(refusals_[i]));
}

void Metrics::writeSpans(MetricText& text) const {
    text.family("sidespan_collector_spans_total", "counter",
                "Spans that clients sent: accepted, duplicate (already stored) or rejected (malformed).");
    text.sample({{"result", "accepted"}}, number(accepted_));
    text.sample({{"result", "duplicate"}}, number(duplicate_));
    text.sample({{"result", "rejected"}}, number(rejected_));
    text.family("sidespan_collector_client_lost_spans_total", "counter",
                "Spans that clients report as lost before they could be sent, by reason.");
    for (std::size_t i = 0; i < lost_.size(); ++i) text.sample({{"reason", reasonName(i)}}, number(lost_[i]));
}

// Gauges: later spans of a trace may move part of its time from one tier to another.
void Metrics::writeTimes(MetricText& text) const {
    const auto seconds = [](std::int64_t nanos) { return static_cast<double>(nanos) / 1e9; };
    text.family("sidespan_collector_trace_seconds", "gauge",
                "Time that the traces of accepted spans spent in each tier.");
    text.sample({{"tier", "plugin"}}, seconds(times_.plugin));
    text.sample({{"tier", "network"}}, seconds(times_.network));
    text.sample({{"tier", "server"}}, seconds(times_.server));
    text.family("sidespan_collector_timed_traces", "gauge",
                "Traces that sidespan_collector_trace_seconds covers.");
    text.sample({}, static_cast<double>(times_.traces));
}

void Metrics::writeStore(MetricText& text) const {
    text.family("sidespan_collector_store_write_seconds", "histogram",
                "Time to store the spans of a request, and of the requests that were stored with it.");
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        count += storeTimes_[i];
        text.sample({{"le", fmt::format("{}", bounds[i])}}, number(count), "_bucket");
    }
    count += storeTimes_.back();
    text.sample({{"le", "+Inf"}}, number(count), "_bucket");
    text.sample({}, storeSeconds_, "_sum");
    text.sample({}, number(count), "_count");
    text.family("sidespan_collector_store_failures_total", "counter",
                "Requests whose spans could not be stored; they were answered with 503.");
    text.sample({}, number(storeFailures_));
}

}
