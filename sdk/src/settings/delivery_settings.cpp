// Settings of queue, batches, retries, outbox and file.
#include <sidespan/detail/compiler.h>

#include "fields.h"

namespace sidespan::inline v0::detail {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t gib = std::uint64_t{1} << 30U;

}

SIDESPAN_COLD void visit(Fields& fields, const QueueSettings& a, const QueueSettings& b) {
    fields.range("queue.capacityBytes", a.capacityBytes, b.capacityBytes, 64 * kib, gib, " bytes");
    fields.range("queue.drainInterval", a.drainInterval, b.drainInterval, 1ms, 10s);
}

void visit(Fields& fields, const BatchSettings& a, const BatchSettings& b) {
    fields.range("batch.maxSpans", a.maxSpans, b.maxSpans, 1, 65536, " spans");
    fields.range("batch.maxBytes", a.maxBytes, b.maxBytes, 8 * kib, gib / 16, " bytes");
    fields.range("batch.maxAge", a.maxAge, b.maxAge, 0ms, 1h);
    fields.anyValue("batch.gzip", a.gzip == b.gzip);
    fields.anyValue("batch.wrapped", a.wrapped == b.wrapped);
}

void visit(Fields& fields, const RetrySettings& a, const RetrySettings& b) {
    fields.anyValue("retry.maxAttempts", a.maxAttempts == b.maxAttempts);
    fields.range("retry.initialBackoff", a.initialBackoff, b.initialBackoff, 1ms, 1h);
    fields.range("retry.maxBackoff", a.maxBackoff, b.maxBackoff, 1ms, 24h);
    if (fields.field("retry.initialBackoff", true))
        fields.isNoMoreThan(a.initialBackoff, "retry.maxBackoff", a.maxBackoff);
}

void visit(Fields& fields, const OutboxSettings& a, const OutboxSettings& b) {
    fields.path("outbox.directory", a.directory, b.directory);
    fields.range("outbox.maxBytes", a.maxBytes, b.maxBytes, 64 * kib, 1024 * gib, " bytes");
    fields.range("outbox.maxAge", a.maxAge.count(), b.maxAge.count(), 1, 366 * 24 * 3600, " s");
}

void visit(Fields& fields, const FileSettings& a, const FileSettings& b) {
    fields.path("file.path", a.path, b.path);
    fields.range("file.maxBytes", a.maxBytes, b.maxBytes, 4 * kib, 1024 * gib, " bytes");
    fields.range("file.maxFiles", std::uint64_t{a.maxFiles}, std::uint64_t{b.maxFiles}, 1, 1000, " files");
}

}
