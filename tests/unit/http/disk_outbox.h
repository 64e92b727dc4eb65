#pragma once

#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/sink_http/http_sink.h>

#include "support/error_log.h"
#include "support/manual_delivery_clock.h"
#include "support/patience.h"
#include "support/scripted_transport.h"
#include "support/span_records.h"
#include "support/temporary_directory.h"

namespace sidespan::test {

/// Sinks that keep their batches in one directory. "Another process" is another sink: locks tell them apart
/// all the same.
class DiskOutbox : public ::testing::Test {
protected:
    DiskOutbox() {
        config_.endpoint = "http://telemetry.example.com";
        config_.consent = Consent::granted;
        config_.onError = log_.handler();
        config_.batch.maxAge = std::chrono::hours{1};
        config_.outbox.directory = directory_ / "outbox";
    }

    std::unique_ptr<HttpSink> make(TransportScript& script) {
        auto sink = std::make_unique<HttpSink>(
            validate(config_).value(),
            NetworkClient::Parts{.transport = script.transport(), .clock = clock_});
        sink->start();
        return sink;
    }

    void feed(HttpSink& sink, std::size_t spans) {
        sink.consume(SpanRecords(spans).batch());
        fed_ += spans;
    }

    // Leaves batches of that many spans each on disk, as a run does that never reached its server.
    void leaveBehind(std::initializer_list<std::size_t> batches) {
        offline_.otherwise(503);
        const auto sink = make(offline_);
        for (const auto spans : batches) {
            feed(*sink, spans);
            static_cast<void>(sink->flush(deadlineIn({})));
        }
        EXPECT_TRUE(offline_.waitForSent(1));
        EXPECT_FALSE(sink->shutdown(deadlineIn({})));
    }

    // A sink whose batch waits after a failure, and was meanwhile withdrawn by another process. Its server is
    // there again.
    std::unique_ptr<HttpSink> makeWithdrawnElsewhere(std::size_t spans) {
        offline_.otherwise(503);
        auto sink = make(offline_);
        feed(*sink, spans);
        static_cast<void>(sink->flush(deadlineIn({})));
        EXPECT_TRUE(offline_.waitForSent(1));
        EXPECT_TRUE(eventually([&] { return !sink->preview().empty(); }));
        make(online_)->purge();
        offline_.otherwise(200);
        return sink;
    }

    static void expectConserved(const SinkStats& stats) {
        EXPECT_EQ(stats.received + stats.recovered,
                  stats.delivered + stats.dropped.total() + stats.queued + stats.onDisk);
    }
    // The same by the count of who feeds and who receives: of the spans that were ever fed, those that left
    // their sinks otherwise are given.
    void expectConservedAsFed(const SinkStats& last, std::size_t gone = 0) {
        expectConserved(last);
        EXPECT_EQ(fed_, spansAt(online_) + gone + last.dropped.total() + last.queued + last.onDisk);
    }
    // The spans that the server received, each once.
    static std::size_t spansAt(const TransportScript& script) {
        constexpr std::string_view key = R"("spanId":")";
        std::set<std::string> ids;
        for (const auto& request : script.sent()) {
            for (auto at = request.body.find(key); at != std::string::npos;
                 at = request.body.find(key, at + 1))
                ids.insert(request.body.substr(at + key.size(), 16));
        }
        return ids.size();
    }

    // All files below the directory whose names end so.
    [[nodiscard]] std::vector<std::filesystem::path> files(std::string_view suffix) const {
        for (;;) {
            std::vector<std::filesystem::path> found;
            std::error_code changed;  // what is listed may go while it is
            for (std::filesystem::recursive_directory_iterator at(config_.outbox.directory, changed), end;
                 !changed && at != end; at.increment(changed)) {
                if (at->path().string().ends_with(suffix)) found.push_back(at->path());
            }
            if (!changed) return found;
        }
    }

    TemporaryDirectory directory_;
    ErrorLog log_;
    Config config_;
    TransportScript offline_;
    TransportScript online_;
    std::size_t fed_ = 0;  // by all sinks of the test
    std::shared_ptr<ManualDeliveryClock> clock_ = std::make_shared<ManualDeliveryClock>();
};

}
