#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sidespan_database/file_watch.h>
#include <sidespan_database/sqlite.h>
#include "ingest/client_report.h"
#include "store/row_ids.h"
#include "store/span_row.h"

namespace sidespan::collector {

/// Writes spans to the database. One thread at a time; blocks on the disk.
class SpanStore {
public:
    /// Opens or makes the file. Throws std::runtime_error.
    explicit SpanStore(const std::filesystem::path& file);

    /// Who sent a batch.
    struct Submitter {
        std::string userId;  ///< may be empty
        ClientReport client;
    };
    /// What became of a batch.
    struct Written {
        std::size_t accepted = 0;
        std::size_t duplicate = 0;  ///< already stored, by trace id and span id; left as they were
    };
    /// Takes the rows of a batch that are new, before they are stored for good.
    using TakeNew = std::function<void(const std::vector<const SpanRow*>&)>;

    /// Writes all of it in one transaction, or nothing and throws DatabaseError, or what `takeNew` throws.
    Written write(const std::vector<SpanRow>& rows, const Submitter& submitter, const TakeNew& takeNew = {});
    Written write(const std::vector<SpanRow>& rows) { return write(rows, {}); }

    /// Tells whether the file is still in its place.
    [[nodiscard]] const database::FileWatch& file() const noexcept { return watch_; }

private:
    struct Summary;
    bool insertSpan(const SpanRow& row, std::string_view userId, std::string_view createdAt);
    [[nodiscard]] std::int64_t resourceId(const SpanRow& row);
    /// 0 when the client said nothing of its clock.
    [[nodiscard]] std::int64_t insertBatch(const ClientReport& client);
    void upsertClient(const SpanRow& first, const Submitter& submitter, const Written& written,
                      std::int64_t nowUnixMs);
    void upsertTrace(const std::string& traceId, const Summary& summary, std::int64_t nowUnixNano);

    database::Database database_;
    database::Statement insertSpan_;
    database::Statement upsertTrace_;
    database::Statement upsertClient_;
    database::Statement upsertResource_;
    database::Statement insertBatch_;
    std::int64_t batchId_ = 0;                         ///< of the batch under way; 0 while it has none
    std::shared_ptr<const std::string> lastResource_;  ///< of the batch under way; mostly it has but one
    std::int64_t lastResourceId_ = 0;
    RowIds ids_;
    database::FileWatch watch_;
};

}
