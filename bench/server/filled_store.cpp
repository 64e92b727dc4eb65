#include "filled_store.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <string_view>
#include <thread>

#include <fmt/format.h>

namespace sidespan::bench {

namespace {

using collector::RollupDimension;
using collector::RollupQuery;
using collector::Store;
using collector::TraceQuery;
using Clock = std::chrono::steady_clock;

constexpr int repetitions = 5;

double millisecondsSince(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double medianOf(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    return times.at(times.size() / 2);
}

void measure(std::string_view name, const PlansOf& plansOf, const std::function<std::size_t()>& query) {
    std::vector<double> times;
    std::size_t rows = 0;
    for (int i = 0; i < repetitions; ++i) {
        const auto begin = Clock::now();
        rows = query();
        times.push_back(millisecondsSince(begin));
    }
    fmt::print("  {}: {:.1f} ms, {} rows\n", name, medianOf(times), rows);
    for (const auto& line : plansOf([&] { static_cast<void>(query()); })) fmt::print("      {}\n", line);
}

RollupQuery lastDays(std::int64_t days) {
    RollupQuery query;
    query.untilHour =
        std::chrono::floor<std::chrono::hours>(std::chrono::system_clock::now().time_since_epoch()).count() +
        1;
    query.fromHour = query.untilHour - 24 * days;
    return query;
}

}

FilledStore::FilledStore(const std::string& address, std::size_t most)
    : most_(most), begin_(std::chrono::system_clock::now() - std::chrono::days(days)) {
    collector::StoreOptions options;
    options.address = address;
    options.clock = [this] { return now(); };
    store_ = collector::openStore(options);
}

std::chrono::system_clock::time_point FilledStore::now() const {
    const auto share = std::min(1.0, static_cast<double>(spans()) / static_cast<double>(most_));
    return begin_ + std::chrono::seconds(static_cast<std::int64_t>(share * 86'400 * days));
}

std::vector<FilledStore::Batch> FilledStore::next(std::size_t count) {
    std::vector<Batch> batches;
    for (std::size_t i = 0; i < count; ++i, ++batches_) {
        made_.setClock(std::chrono::nanoseconds(now().time_since_epoch()).count());
        batches.push_back(made_.nextBatch());
    }
    return batches;
}

void FilledStore::write(const std::vector<Batch>& batches) {
    for (const auto& batch : batches) store_->write(batch);
}

void FilledStore::fill() {
    while (!isFull()) write(next(1));
}

void measureQueries(FilledStore& filled, const PlansOf& plansOf) {
    auto& store = filled.store();
    const auto batch = filled.next(1);
    filled.write(batch);
    constexpr std::chrono::seconds limit{60};
    const auto traces = [&](const TraceQuery& query) { return store.list(query, limit).traces.size(); };
    measure("one trace", plansOf,
            [&] { return store.load(batch[0][0].traceId, 20'000, 64U << 20).spans.size(); });
    TraceQuery newest;
    newest.limit = 50;
    measure("the newest 50", plansOf, [&] { return traces(newest); });
    auto operations = lastDays(FilledStore::days);
    operations.by = {RollupDimension::operation};
    measure("fleet: operations of 30 days", plansOf, [&] { return store.rollups(operations).size(); });
    auto overTime = operations;
    overTime.stepHours = 24;
    overTime.fromHour -= overTime.fromHour % 24;  // as the page asks: steps of a day begin where days do
    measure("fleet: operations of 30 days, by day", plansOf, [&] { return store.rollups(overTime).size(); });
    auto versions = lastDays(7);
    versions.by = {RollupDimension::version, RollupDimension::host};
    versions.operation = "audio.upload";
    versions.stepHours = 1;
    measure("fleet: versions and hosts of an operation, 7 days, by hour", plansOf,
            [&] { return store.rollups(versions).size(); });
    auto attribute = newest;
    attribute.attributeKey = "file.name";
    attribute.attributeValue = "loop_4711.wav";
    measure("an attribute", plansOf, [&] { return traces(attribute); });
}

void measureRetention(FilledStore& filled) {
    const auto batches = filled.next(100);
    std::atomic<bool> isDone{false};
    std::exception_ptr failure;
    collector::Removed removed;
    const auto begin = Clock::now();
    double took = 0;
    std::thread retention([&] {
        try {
            removed = filled.store().applyRetention(
                {.days = FilledStore::days - 3, .keptDays = {}, .maxBytes = {}}, [] { return true; });
        } catch (...) {
            failure = std::current_exception();
        }
        took = millisecondsSince(begin);
        isDone = true;
    });
    std::vector<double> during;
    std::vector<double> after;
    for (const auto& batch : batches) {
        const bool isAfter = isDone;
        const auto start = Clock::now();
        filled.store().write(batch);
        (isAfter ? after : during).push_back(millisecondsSince(start));
    }
    retention.join();
    if (failure) std::rethrow_exception(failure);
    fmt::print("  the oldest days: {} spans deleted in {:.0f} ms; meanwhile {} batches were stored",
               removed.spans, took, during.size());
    if (!during.empty())
        fmt::print(", median {:.0f} ms, longest {:.0f} ms", medianOf(during),
                   *std::max_element(during.begin(), during.end()));
    if (!after.empty()) fmt::print("; afterwards median {:.0f} ms", medianOf(after));
    fmt::print("\n");
}

}
