#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store_models.h"
#include "unit/collector/spans.h"

/// The shared parts of the tests of Store.
namespace sidespan::collector::testing {

inline constexpr std::chrono::sys_seconds beforeMidnight =
    std::chrono::sys_days{std::chrono::year{2026} / std::chrono::January / 31} + std::chrono::hours(23) +
    std::chrono::minutes(59);

inline StoredTrace load(Store& store, std::string_view trace, std::size_t spanLimit,
                        std::size_t byteLimit = 64U << 20) {
    return store.load(std::string(trace), spanLimit, byteLimit);
}

/// Without an early end.
inline Removed applyRetention(Store& store, const Retention& retention) {
    return store.applyRetention(retention, [] { return true; });
}

inline std::vector<std::string> names(const TraceQuery& query, Store& store) {
    std::vector<std::string> result;
    for (const auto& trace : store.list(query, std::chrono::seconds(10)).traces) result.push_back(trace.name);
    return result;
}

/// Stores on a database of the test's own, by a clock that the test sets.
template <class Model>
class StoreFixture : public ::testing::Test {
protected:
    void SetUp() override {
        if (!Model::isThere()) GTEST_SKIP() << "its programs are not installed";
        model_ = std::make_unique<Model>();
    }

    /// One more collector's store on the same database.
    Store& open() {
        StoreOptions options;
        options.address = model_->address();
        options.clock = [this] { return now_; };
        options.onError = [](std::string_view message) { ADD_FAILURE() << message; };
        return *stores_.emplace_back(openStore(options));
    }

    std::chrono::system_clock::time_point now_ = std::chrono::system_clock::now();
    std::unique_ptr<Model> model_;
    std::vector<std::unique_ptr<Store>> stores_;
};

/// Spans of a trace of its own: `number` from 1.
inline SpanRow ordinary(std::uint64_t number, double lengthMs = 1) {
    auto trace = std::string(traceA);
    return row(spanJson(trace.replace(0, 8, fmt::format("{:08x}", number)), 1, 0, "span", 0, lengthMs));
}

inline SpanRow failed(std::uint64_t number) {
    auto span = ordinary(number);
    span.status = "error";
    return span;
}

}
