#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>

#include <sidespan_database/sqlite.h>
#include "store/stored_trace.h"
#include "store/trace_query.h"

namespace sidespan::collector::sqlite {

/// Reads what SpanWriter wrote, over its own connection, so that neither waits for the other. One thread at a
/// time.
class TraceReader {
public:
    /// The file must have been opened by a SpanWriter before.
    explicit TraceReader(const std::filesystem::path& file);

    [[nodiscard]] TraceList list(const TraceQuery& query, std::chrono::milliseconds timeLimit);
    /// Stops behind the span with which attributes, events, links and resources have that many bytes.
    [[nodiscard]] StoredTrace load(const std::string& traceUuid, std::size_t spanLimit,
                                   std::size_t byteLimit);

    [[nodiscard]] std::string ownerOf(const std::string& traceUuid);

private:
    /// Among traces of its time; that of none where the trace was taken away.
    [[nodiscard]] std::int64_t numberOf(const TracePosition& position);
    /// What the statement, bound, finds within the time.
    [[nodiscard]] TraceList walk(const TraceQuery& query, std::chrono::milliseconds timeLimit);

    database::Database database_;
    database::Statement list_;
    database::Statement load_;
    database::Statement owner_;
    database::Statement number_;
    database::Statement count_;
};

}
