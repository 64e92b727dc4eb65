#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/config.h>
#include <sidespan/network/network_client.h>
#include <sidespan/sink_http/detail/batch_delivery.h>
#include <sidespan_collector/collector.h>

#include "store/span_row.h"

namespace sidespan::collector {

/// Passes spans on to an OTLP/HTTP endpoint, by the http sink's delivery: what was taken is in a folder on
/// disk until the endpoint has answered for it, and spans of an earlier run are passed on too.
class Forwarder {
public:
    /// Throws std::invalid_argument that says what is wrong with the options.
    Forwarder(const ForwardOptions& options, const std::filesystem::path& folder,
              std::function<void(std::string_view)> onError, NetworkClient::Parts parts = {});
    /// Waits a second for what is left; what is not delivered then stays on disk.
    ~Forwarder();
    Forwarder(const Forwarder&) = delete;
    Forwarder& operator=(const Forwarder&) = delete;

    /// Blocks until the spans are on disk, or in memory where that fails, which is reported. One thread at a
    /// time.
    void take(const std::vector<const SpanRow*>& rows);
    /// Whether as much waits as may. [any thread]
    [[nodiscard]] bool isFull() const { return delivery_.waitingBytes() >= maxBytes_; }
    /// What became of the spans. [any thread]
    [[nodiscard]] SinkStats stats() const { return delivery_.stats(); }

private:
    void takeGroup(const std::vector<const SpanRow*>& rows);
    void takeMixed(const std::vector<std::vector<const SpanRow*>>& groups, std::size_t spans);

    ValidConfig config_;
    std::size_t maxBytes_;
    NetworkClient client_;
    detail::BatchDelivery delivery_;
    detail::EncodedSpans encoded_;
};

}
