#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sidespan_collector/collector.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "../unit/collector/matchers.h"
#include "../unit/collector/trace_ids.h"
#include "collector_client.h"

/// A collector in the test's process, with a database file of its own.
namespace sidespan::collector::testing {

class CollectorTest : public ::testing::Test {
protected:
    CollectorTest() {
        std::string pattern = ::testing::TempDir() + "sidespan-collector-XXXXXX";
        directory_ = mkdtemp(pattern.data());
        options_.database = directory_ / "spans.db";
        options_.onError = [](std::string_view message) { ADD_FAILURE() << "collector: " << message; };
    }
    ~CollectorTest() override {
        collector_.reset();
        std::filesystem::remove_all(directory_);
    }

    void start() { collector_ = std::make_unique<Collector>(options_); }
    [[nodiscard]] Client connect() const { return Client(collector_->port()); }

    static boost::json::object spanJson(std::uint64_t id, std::uint64_t parent, std::string_view name,
                                        std::int64_t startMs, std::int64_t endMs,
                                        std::string_view trace = traceA) {
        constexpr std::int64_t epochMs = 1'766'012'345'000;
        boost::json::object json{{"traceId", trace},
                                 {"spanId", fmt::format("{:016x}", id)},
                                 {"name", name},
                                 {"startTimeMs", epochMs + startMs},
                                 {"endTimeMs", epochMs + endMs}};
        if (parent != 0) json["parentSpanId"] = fmt::format("{:016x}", parent);
        return json;
    }
    static boost::json::object parse(const Client::Response& response) {
        return boost::json::parse(response.body).as_object();
    }
    static std::string errorOf(const Client::Response& response) {
        EXPECT_EQ(response["Content-Type"], "application/json");
        return std::string(parse(response).at("error").as_string());
    }

    std::filesystem::path directory_;
    CollectorOptions options_;
    std::unique_ptr<Collector> collector_;
};

}
