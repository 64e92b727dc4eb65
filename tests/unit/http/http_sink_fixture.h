#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <sidespan/sink_http/http_sink.h>
#include <boost/json.hpp>

#include "support/error_log.h"
#include "support/fault_server.h"
#include "support/manual_delivery_clock.h"
#include "support/patience.h"
#include "support/scripted_transport.h"
#include "support/span_records.h"

namespace sidespan::test {

/// An HTTP sink that is fed by hand, and the law that holds whatever happens to it.
class HttpSinkTest : public ::testing::Test {
protected:
    HttpSinkTest() {
        config_.endpoint = "http://telemetry.example.com";
        config_.service = {"Test", "1.0"};
        config_.consent = Consent::granted;
        config_.onError = log_.handler();
        config_.batch.maxAge = std::chrono::hours{1};
    }

    ~HttpSinkTest() override {
        if (!sink_) return;
        expectConserved();
        EXPECT_EQ(sink_->stats().received, fed_);
    }

    // A sink over a scripted transport.
    HttpSink& sink() {
        if (!sink_) {
            sink_.emplace(validate(config_).value(),
                          NetworkClient::Parts{.transport = script_.transport(), .clock = clock_});
            sink_->start();
        }
        return *sink_;
    }

    // A sink over a real connection to a server.
    HttpSink& sink(const FaultServer& server) {
        config_.endpoint = server.url();
        sink_.emplace(validate(config_).value(), NetworkClient::Parts{.clock = clock_});
        sink_->start();
        return *sink_;
    }

    void feed(std::size_t spans, std::size_t attributeBytes = 16) {
        const SpanRecords records(spans, attributeBytes);
        sink_->consume(records.batch(config_.consent.epoch()));
        fed_ += spans;
    }

    // Until the only batch was sent that often, and waits again: what the clock does next comes after that.
    [[nodiscard]] bool waitUntilRefused(std::size_t times) {
        return script_.waitForSent(times) && eventually([&] { return !sink_->preview().empty(); });
    }

    void expectConserved() {
        const auto stats = sink_->stats();
        EXPECT_EQ(stats.received + stats.recovered,
                  stats.delivered + stats.dropped.total() + stats.queued + stats.onDisk);
    }

    static std::size_t spansIn(const std::string& body) { return boost::json::parse(body).as_array().size(); }

    ErrorLog log_;
    Config config_;
    TransportScript script_;
    std::shared_ptr<ManualDeliveryClock> clock_ = std::make_shared<ManualDeliveryClock>();
    std::optional<HttpSink> sink_;
    std::atomic<std::size_t> fed_{0};  // also by the worker
};

}
