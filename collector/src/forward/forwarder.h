#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/config.h>
#include <sidespan/network/delivery_clock.h>
#include <sidespan/sink_http/detail/encoded_spans.h>
#include <sidespan/stats.h>
#include <sidespan_collector/collector.h>

#include "store/span_row.h"

namespace sidespan::collector {

/// Forwards spans to an OTLP/HTTP endpoint with the http sink's delivery. Spans stay in a folder on disk
/// until the endpoint has answered; spans of an earlier run are sent too. Several requests are sent at a
/// time, each on its own connection.
class Forwarder {
public:
    /// Requests that are sent at a time.
    static constexpr std::size_t connections = 8;
    /// Files and sockets that it opens: each connection's own and those of its folder, its files, and of an
    /// earlier run's.
    static constexpr std::size_t mostFiles = connections * 10;

    /// Throws std::invalid_argument that says what is wrong with the options.
    Forwarder(const ForwardOptions& options, const std::filesystem::path& folder,
              std::function<void(std::string_view)> onError, std::shared_ptr<DeliveryClock> clock = {});
    /// Waits a second for the rest to be sent; what is not delivered then stays on disk.
    ~Forwarder();
    Forwarder(const Forwarder&) = delete;
    Forwarder& operator=(const Forwarder&) = delete;

    /// Blocks until the spans are on disk. If that fails, they are kept in memory and the failure is
    /// reported. One thread at a time.
    void take(const std::vector<const SpanRow*>& rows);
    /// Whether the outbox is full. [any thread]
    [[nodiscard]] bool isFull() const;
    /// What became of the spans. [any thread]
    [[nodiscard]] SinkStats stats() const;

private:
    class Connection;

    [[nodiscard]] Connection& leastBusy() const;
    void takeGroup(const std::vector<const SpanRow*>& rows);
    void takeMixed(const std::vector<std::vector<const SpanRow*>>& groups, std::size_t spans);

    ValidConfig config_;
    std::size_t maxBytes_;
    std::vector<std::unique_ptr<Connection>> connections_;  // share the folder, and the batches found in it
    detail::EncodedSpans encoded_;
};

}
