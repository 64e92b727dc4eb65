#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

/// The synchronous design that this SDK began from, as its documentation describes it: every id a UUID in
/// text from libuuid, spans with text fields in a map under one mutex.
namespace sidespan::bench::synchronous {

struct Span {
    std::string traceId;
    std::string spanId;
    std::string parentSpanId;
    std::string name;
    std::int64_t startTimeMs = 0;
    std::int64_t endTimeMs = 0;
    std::int64_t durationMs = 0;
    std::string status;
    std::string statusMessage;
    std::map<std::string, std::string> attributes;
    std::vector<std::pair<std::int64_t, std::string>> events;
    std::string clientType = "plugin";
    std::string clientVersion = "1.0.0";
};

/// The trace and the spans open in it.
class TraceContext {
public:
    TraceContext();
    [[nodiscard]] const std::string& getTraceId() const { return traceId_; }
    [[nodiscard]] std::string getCurrentSpanId() const;
    void pushSpan(const std::string& spanId) { spans_.push_back(spanId); }
    std::string popSpan();

private:
    std::string traceId_;
    std::vector<std::string> spans_;
};

class SpanRecorder {
public:
    std::string startSpan(const std::string& name, TraceContext& context);
    void endSpan(const std::string& spanId, const std::string& status = "ok",
                 const std::string& message = "");
    void addAttribute(const std::string& spanId, const std::string& key, const std::string& value);
    void recordEvent(const std::string& spanId, const std::string& name);
    void clear();
    [[nodiscard]] std::size_t finished() const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, Span> open_;
    std::map<std::string, Span> finished_;
};

}
