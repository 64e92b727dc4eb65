#pragma once

#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan_collector/limits.h>
#include <sidespan_http_server/http_server.h>
#include <sidespan_http_server/work_queue.h>

#include "access/audit_log.h"
#include "api/recent_failure.h"
#include "api/span_posts.h"
#include "api/store_keeper.h"
#include "forward/forwarder.h"
#include "ingest/batch_parser.h"
#include "metrics/metrics.h"
#include "store/open_store.h"

namespace sidespan::collector {

using http_server::Respond;
using http_server::ServerRequest;
using http_server::ServerResponse;

/// Where spans are posted: in native JSON, and as OTLP/HTTP.
inline constexpr std::string_view spansPath = "/api/v1/telemetry/spans";
inline constexpr std::string_view otlpPath = "/v1/traces";

/// Answers the collector's requests. Writes to the database happen on one thread, reads on another,
/// everything else on the caller's.
class Api {
public:
    /// Opens the store. Throws std::runtime_error, and std::invalid_argument for wrong forward options. Spans
    /// that wait to be forwarded are in `forwardFolder`.
    Api(const StoreOptions& store, const Retention& retention, const Limits& limits,
        const ForwardOptions& forward, const std::filesystem::path& forwardFolder, AuditLog::Write onRefusal);

    [[nodiscard]] std::string storeDescription() const { return store_->description(); }
    /// What a server serves; it refers to this object.
    [[nodiscard]] http_server::Application application();

private:
    using Read = ServerResponse (Api::*)(ServerRequest&);
    using Erase = Removed (Store::*)(const std::string& whose);

    [[nodiscard]] std::vector<http_server::Route> routes();
    [[nodiscard]] std::unique_ptr<http_server::RequestTrace> trace(const ServerRequest& request);
    void store(std::vector<SpanRow> rows, const std::string& userId);
    void postSpans(ServerRequest request, const Respond& respond);
    void storeSoon() noexcept;
    void storeGroup();
    void store(std::span<const SpanPostPtr> posts);
    [[nodiscard]] bool tryStore(std::span<const SpanPostPtr> posts, bool& areForwarded);
    [[nodiscard]] Store::WrittenTogether write(std::span<const SpanPostPtr> posts, bool& areForwarded);
    void answer(SpanPost& post, const Store::Written& written);
    void refuse(std::span<const SpanPostPtr> posts);
    [[nodiscard]] http_server::RouteHandler readBy(Read read);
    [[nodiscard]] http_server::RouteHandler eraseBy(Erase erase);
    ServerResponse answerErase(Erase erase, const std::string& whose);
    ServerResponse answerRead(Read read, ServerRequest& request);
    ServerResponse listTraces(ServerRequest& request);
    ServerResponse getTrace(ServerRequest& request);
    ServerResponse listClients(ServerRequest& request);
    ServerResponse listRollups(ServerRequest& request);
    [[nodiscard]] ServerResponse health();
    [[nodiscard]] ServerResponse metricsResponse() const;
    void report(std::string_view message);

    const Limits& limits_;
    std::function<void(std::string_view)> onError_;
    AuditLog audit_;
    Metrics metrics_;
    StoreClock clock_;
    std::unique_ptr<Store> store_;
    std::optional<Forwarder> forwarder_;
    StoreKeeper keeper_;
    RecentFailure writeFailure_;
    SpanPosts posts_;
    http_server::WorkQueue reads_;
    http_server::WorkQueue writes_;  // last, so that it is emptied first: a read may be waiting behind it
};

}
