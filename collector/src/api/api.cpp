#include "api/api.h"

#include <exception>
#include <utility>

#include <fmt/format.h>
#include <sidespan_http_server/list_limit.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "api/server_spans.h"
#include "ingest/otlp_batch.h"
#include "metrics/metric_text.h"
#include "page/page.h"
#include "query/client_json.h"
#include "query/parse_trace_query.h"
#include "query/rollup_request.h"
#include "query/trace_json.h"

namespace sidespan::collector {

namespace {

using boost::beast::http::status;
using http_server::Access;
using http_server::BodyRule;
using http_server::busyResponse;
using http_server::deleting;
using http_server::errorResponse;
using http_server::finish;
using http_server::posting;
using http_server::reading;
using http_server::Route;

constexpr std::size_t queuedReads = 64;

bool isJson(std::string_view mediaType) {
    return mediaType == "application/json";
}

bool isOtlp(std::string_view mediaType) {
    return mediaType == otlpProtobufType || isJson(mediaType);
}

bool takesSpans(const Route& route) {
    return route.pattern == spansPath || route.pattern == otlpPath;
}

boost::json::object forwardJson(const SinkStats& stats) {
    boost::json::object dropped;
    for (std::size_t i = 0; i < dropReasonCount; ++i) {
        const auto reason = static_cast<DropReason>(i);
        if (stats.dropped[reason] != 0) dropped[toString(reason)] = stats.dropped[reason];
    }
    return {{"taken", stats.received},
            {"recovered", stats.recovered},
            {"delivered", stats.delivered},
            {"waiting", stats.queued + stats.onDisk},
            {"dropped", std::move(dropped)}};
}

boost::json::object retentionJson(const Retention& retention) {
    const auto orNull = [](const std::optional<std::int64_t>& value) {
        return value ? boost::json::value(*value) : boost::json::value();
    };
    return {{"days", orNull(retention.days)},
            {"keptDays", orNull(retention.keptDays)},
            {"maxBytes", orNull(retention.maxBytes)},
            {"slowMs", retention.slowNanos / 1'000'000},
            {"rollupDays", retention.rollupDays}};
}

/// The owner whose data alone a caller may read; empty if the caller may read everyone's. Every restricted
/// caller has an owner, because every such token has one.
std::string onlyOf(const http_server::Caller& caller) {
    if (caller.readsAll()) return {};
    if (caller.userId.empty())
        throw std::invalid_argument("this token has no owner, so there is no data that it may read");
    return caller.userId;
}

ServerResponse noTrace() {
    return errorResponse(status::not_found, "no span of this trace is stored");
}

/// The trace that Api::trace() made.
ServerSpans& spansOf(ServerRequest& request) {
    return static_cast<ServerSpans&>(*request.trace);
}

}

Api::Api(const StoreOptions& store, const Retention& retention, const Limits& limits,
         const ForwardOptions& forward, const std::filesystem::path& forwardFolder, AuditLog::Write onRefusal)
    : limits_(limits),
      onError_(store.onError),
      audit_(std::move(onRefusal)),
      clock_(store.clock),
      store_(openStore(store)),
      keeper_(*store_, retention, [this](std::string_view message) { report(message); }),
      posts_(limits.queuedWrites),
      reads_(queuedReads),
      writes_(limits.queuedWrites) {
    if (!forward.url.empty()) forwarder_.emplace(forward, forwardFolder, onError_);
}

http_server::Application Api::application() {
    return {routes(), [this](const ServerRequest& request) { return trace(request); },
            [this](const ServerRequest& request, const http_server::Refusal& refusal) {
                metrics_.refused(refusal.kind);
                audit_.refused(request, refusal);
            },
            [this] {
                reads_.close();
                keeper_.close();
            }};
}

std::vector<Route> Api::routes() {
    const BodyRule spans{limits_.bodyBytes, isJson, "the Content-Type must be application/json", true};
    const BodyRule otlp{limits_.bodyBytes, isOtlp,
                        "the Content-Type must be application/x-protobuf or application/json", true};
    const auto traces = [](ServerRequest request, const Respond& respond) {
        finish(request, respond, tracesPage());
    };
    const auto fleet = [](ServerRequest request, const Respond& respond) {
        finish(request, respond, fleetPage());
    };
    const auto health = [this](ServerRequest request, const Respond& respond) {
        finish(request, respond, this->health());
    };
    const auto metrics = [this](ServerRequest request, const Respond& respond) {
        finish(request, respond, metricsResponse());
    };
    return {
        {"GET /", "/", reading, Access::everyone, {}, traces},
        {"GET /fleet", "/fleet", reading, Access::everyone, {}, fleet},
        {"GET /healthz", "/healthz", reading, Access::everyone, {}, health},
        {"GET /metrics", "/metrics", reading, Access::metrics, {}, metrics},
        {"POST /api/v1/telemetry/spans", spansPath, posting, Access::ingest, spans,
         [this](ServerRequest request, const Respond& respond) { postSpans(std::move(request), respond); }},
        {"POST /v1/traces", otlpPath, posting, Access::ingest, otlp,
         [this](ServerRequest request, const Respond& respond) { postSpans(std::move(request), respond); }},
        {"GET /api/v1/traces", "/api/v1/traces", reading, Access::read, {}, readBy(&Api::listTraces)},
        {"GET /api/v1/traces/{id}", "/api/v1/traces/{id}", reading, Access::read, {}, readBy(&Api::getTrace)},
        {"GET /api/v1/clients", "/api/v1/clients", reading, Access::read, {}, readBy(&Api::listClients)},
        {"GET /api/v1/rollups", "/api/v1/rollups", reading, Access::readAll, {}, readBy(&Api::listRollups)},
        {"DELETE /api/v1/users/{id}",
         "/api/v1/users/{text}",
         deleting,
         Access::admin,
         {},
         eraseBy(&Store::eraseUser)},
        {"DELETE /api/v1/installations/{id}",
         "/api/v1/installations/{text}",
         deleting,
         Access::admin,
         {},
         eraseBy(&Store::eraseInstallation)},
    };
}

/// No span is recorded for a caller who may not send spans, nor for a request that no limit counted: their
/// number would be unlimited. Nor for posts of spans: that would double what is posted.
std::unique_ptr<http_server::RequestTrace> Api::trace(const ServerRequest& request) {
    const auto* route = request.route;
    const bool isRecorded = request.isCounted && request.caller.scopes.allow(Access::ingest) &&
                            request.remote.context.traceId.isValid() && !takesSpans(*route);
    ServerSpans::Take take;
    if (isRecorded) {
        take = [this, userId = request.caller.userId](std::vector<SpanRow> rows) {
            store(std::move(rows), userId);
        };
    }
    const auto name = route != nullptr ? route->name.view() : std::string_view(request.method);
    auto spans = std::make_unique<ServerSpans>(name, request.remote, std::move(take), request.start);
    spans->onAnswer([this, counted = route != nullptr ? route->name.view() : std::string_view()](
                        unsigned status) { metrics_.answered(counted, status); });
    spans->set("http.request.method", request.method);
    // The deleted user or installation must not be named in a span that stays.
    const bool deletes = route != nullptr && route->allow == deleting;
    spans->set("url.path", deletes ? std::string(route->pattern) : request.path);
    return spans;
}

void Api::store(std::vector<SpanRow> rows, const std::string& userId) {
    auto shared = std::make_shared<std::vector<SpanRow>>(std::move(rows));
    bool taken = writes_.tryPost([this, shared, userId] {
        try {
            store_->write(*shared, {userId, {}});
        } catch (const std::exception& error) {
            report(fmt::format("server spans were not stored: {}", error.what()));
        }
    });
    if (!taken) report("server spans were not stored: the database is behind");
}

/// Reads run behind the writes that were there before them, so that a client finds what it was told is
/// stored, and beside those that come later.
http_server::RouteHandler Api::readBy(Read read) {
    return [this, read](ServerRequest request, const Respond& respond) {
        auto shared = std::make_shared<ServerRequest>(std::move(request));
        auto run = [this, shared, respond, read] { finish(*shared, respond, answerRead(read, *shared)); };
        auto enqueue = [this, shared, respond, run] {
            if (!reads_.tryPost(run)) finish(*shared, respond, busyResponse("too many reads are waiting"));
        };
        if (!writes_.tryPost(enqueue)) enqueue();
    };
}

ServerResponse Api::answerRead(Read read, ServerRequest& request) try {
    return (this->*read)(request);
} catch (const StoreUnavailable& error) {
    report(error.what());
    return busyResponse("the database is not available");
} catch (const std::invalid_argument& error) {
    return errorResponse(status::bad_request, error.what());
} catch (const std::exception& error) {
    report(error.what());
    return errorResponse(status::internal_server_error, "the stored data could not be read");
}

ServerResponse Api::listTraces(ServerRequest& request) {
    auto query = parseTraceQuery(request.query);
    query.owner = onlyOf(request.caller);
    auto step = spansOf(request).step("db.query");
    auto list = store_->list(query, limits_.searchTimeout);
    step.set("db.traces", list.traces.size());
    step.end();
    auto encode = spansOf(request).step("json.encode");
    ServerResponse response;
    response.body = toJson(list);
    return response;
}

ServerResponse Api::getTrace(ServerRequest& request) {
    auto id = TraceId::parse(request.parameter);
    if (!id)
        return errorResponse(status::bad_request,
                             "the trace id must be a UUID or 32 hex digits, not all zero");
    auto step = spansOf(request).step("db.query");
    const auto owner = onlyOf(request.caller);
    if (!owner.empty() && store_->ownerOf(id->toUuid()) != owner) return noTrace();
    auto trace = store_->load(id->toUuid(), limits_.spansPerTrace, limits_.bytesPerTrace);
    step.set("db.spans", trace.spans.size());
    step.end();
    if (trace.spans.empty()) return noTrace();
    auto encode = spansOf(request).step("json.encode");
    ServerResponse response;
    response.body = toJson(trace);
    return response;
}

ServerResponse Api::listClients(ServerRequest& request) {
    auto limit = http_server::parseListLimit(request.query);
    auto step = spansOf(request).step("db.query");
    ServerResponse response;
    response.body = toJson(store_->clients(limit, onlyOf(request.caller)));
    return response;
}

ServerResponse Api::listRollups(ServerRequest& request) {
    const auto now = clock_ ? clock_() : std::chrono::system_clock::now();
    const auto query = parseRollupQuery(request.query, now.time_since_epoch() / std::chrono::milliseconds(1));
    auto step = spansOf(request).step("db.query");
    const auto rows = store_->rollups(query);
    step.set("db.rollups", rows.size());
    step.end();
    auto encode = spansOf(request).step("json.encode");
    ServerResponse response;
    response.body = toJson(rows, query);
    return response;
}

ServerResponse Api::health() {
    if (const auto trouble = store_->trouble(); !trouble.empty()) return busyResponse(trouble);
    if (writeFailure_.isThere(std::chrono::steady_clock::now()))
        return busyResponse("spans could not be stored a moment ago");
    boost::json::object json{{"status", "ok"}};
    if (keeper_.retention().isSet()) json["retention"] = retentionJson(keeper_.retention());
    if (forwarder_) json["forward"] = forwardJson(forwarder_->stats());
    ServerResponse response;
    response.body = boost::json::serialize(json);
    return response;
}

ServerResponse Api::metricsResponse() const {
    ServerResponse response;
    response.body =
        metrics_.text(posts_.size(), forwarder_ ? std::optional(forwarder_->stats()) : std::nullopt);
    response.contentType = MetricText::contentType;
    return response;
}

void Api::report(std::string_view message) {
    if (onError_) onError_(message);
}

}
