#include "trace_headers.h"

namespace sidespan::collector {

namespace {

std::string_view first(const boost::beast::http::fields& fields, std::string_view name) {
    auto found = fields.find({name.data(), name.size()});
    if (found == fields.end()) return {};
    return {found->value().data(), found->value().size()};
}

/// `00-<trace id>-<span id>-<flags>`.
bool readTraceparent(std::string_view text, TraceHeaders& headers) {
    if (text.size() != 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
    auto traceId = TraceId::parse(text.substr(3, 32));
    auto spanId = SpanId::parse(text.substr(36, 16));
    if (!traceId || !spanId) return false;
    headers.traceId = *traceId;
    headers.spanId = *spanId;
    return true;
}

}

std::optional<TraceHeaders> readTraceHeaders(const boost::beast::http::fields& fields) {
    TraceHeaders headers;
    if (!readTraceparent(first(fields, "traceparent"), headers)) {
        auto traceId = TraceId::parse(first(fields, "X-Trace-ID"));
        if (!traceId) return std::nullopt;
        headers.traceId = *traceId;
        if (auto spanId = SpanId::parse(first(fields, "X-Span-ID"))) headers.spanId = *spanId;
    }
    headers.clientType = parseClientType(first(fields, "X-Client-Type")).value_or(ClientType::plugin);
    auto version = first(fields, "X-Client-Version");
    if (version.size() <= 32) headers.clientVersion = version;
    return headers;
}

}
