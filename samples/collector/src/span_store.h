#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ids.h"
#include "span_row.h"
#include "sqlite.h"

namespace sidespan::collector {

/// Writes spans to the database. One thread at a time; blocks on the disk.
class SpanStore {
public:
    /// Opens or makes the file. Throws std::runtime_error.
    explicit SpanStore(const std::filesystem::path& file);

    /// What became of a batch.
    struct Written {
        std::size_t accepted = 0;
        std::size_t duplicate = 0;  ///< already stored, by trace id and span id; left as they were
    };
    /// Writes all of it in one transaction, or nothing and throws DatabaseError.
    Written write(const std::vector<SpanRow>& rows);

private:
    struct Summary;
    bool insertSpan(const SpanRow& row, std::string_view createdAt);
    void upsertTrace(const std::string& traceId, const Summary& summary, std::int64_t nowUnixNano);

    Database database_;
    Statement insertSpan_;
    Statement upsertTrace_;
    RowIds ids_;
};

}
