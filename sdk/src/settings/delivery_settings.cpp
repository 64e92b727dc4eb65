// What the sinks are told of how spans are batched, kept and tried again.
#include "fields.h"

namespace sidespan::inline v0::detail {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kib = 1024;
constexpr std::size_t tib = std::size_t{1} << 40U;

}

void visit(Fields& fields, const QueueSettings& a, const QueueSettings& b) {
    if (fields.field("queue.capacityBytes", a.capacityBytes, b.capacityBytes))
        fields.inRange(a.capacityBytes, 64 * kib, 1024 * 1024 * kib, " bytes");
    if (fields.field("queue.drainInterval", a.drainInterval, b.drainInterval))
        fields.inRange(a.drainInterval, 1ms, 10s);
}

void visit(Fields& fields, const BatchSettings& a, const BatchSettings& b) {
    if (fields.field("batch.maxSpans", a.maxSpans, b.maxSpans))
        fields.inRange<std::size_t>(a.maxSpans, 1, 65536, " spans");
    if (fields.field("batch.maxBytes", a.maxBytes, b.maxBytes))
        fields.inRange(a.maxBytes, 8 * kib, 64 * 1024 * kib, " bytes");
    if (fields.field("batch.maxAge", a.maxAge, b.maxAge)) fields.inRange(a.maxAge, 0ms, 1h);
    anyValue(fields, "batch.gzip", a.gzip, b.gzip);
}

void visit(Fields& fields, const RetrySettings& a, const RetrySettings& b) {
    anyValue(fields, "retry.maxAttempts", a.maxAttempts, b.maxAttempts);
    if (fields.field("retry.initialBackoff", a.initialBackoff, b.initialBackoff))
        fields.inRange(a.initialBackoff, 1ms, 1h);
    if (fields.field("retry.maxBackoff", a.maxBackoff, b.maxBackoff)) fields.inRange(a.maxBackoff, 1ms, 24h);
    if (fields.field("retry.initialBackoff", 0, 0))
        fields.isNoMoreThan(a.initialBackoff, "retry.maxBackoff", a.maxBackoff);
}

void visit(Fields& fields, const OutboxSettings& a, const OutboxSettings& b) {
    if (fields.field("outbox.directory", a.directory, b.directory)) fields.isPath(a.directory);
    if (fields.field("outbox.maxBytes", a.maxBytes, b.maxBytes))
        fields.inRange(a.maxBytes, 64 * kib, tib, " bytes");
    if (fields.field("outbox.maxAge", a.maxAge, b.maxAge))
        fields.inRange(a.maxAge, 1s, std::chrono::hours{24 * 366});
}

void visit(Fields& fields, const FileSettings& a, const FileSettings& b) {
    if (fields.field("file.path", a.path, b.path)) fields.isPath(a.path);
    if (fields.field("file.maxBytes", a.maxBytes, b.maxBytes))
        fields.inRange(a.maxBytes, 4 * kib, tib, " bytes");
    if (fields.field("file.maxFiles", a.maxFiles, b.maxFiles))
        fields.inRange<std::uint32_t>(a.maxFiles, 1, 1000, " files");
}

}
