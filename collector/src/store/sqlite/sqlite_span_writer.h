#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <sidespan_database/file_watch.h>
#include <sidespan_database/sqlite.h>
#include "store/batch_traces.h"
#include "store/rollup/batch_rollup.h"
#include "store/row_ids.h"
#include "store/span_row.h"
#include "store/sqlite/sqlite_rollup_table.h"
#include "store/store.h"

namespace sidespan::collector::sqlite {

/// Writes spans to the database. One thread at a time; blocks on the disk.
class SpanWriter {
public:
    /// Opens or makes the file. Throws std::runtime_error.
    SpanWriter(const std::filesystem::path& file, StoreClock clock);

    using Submitter = Store::Submitter;
    using Submission = Store::Submission;
    using Written = Store::Written;
    using TakeNew = Store::TakeNew;

    /// As Store::writeTogether; throws DatabaseError, or what `takeNew` throws.
    Store::WrittenTogether write(std::span<const Submission> batches, const TakeNew& takeNew);

    /// Tells whether the file is still in its place.
    [[nodiscard]] const database::FileWatch& file() const noexcept { return watch_; }

private:
    /// Adds the rows that were not there to `allNew`.
    Written writeBatch(const Submission& batch, std::vector<const SpanRow*>& allNew, TraceTimes& times);
    /// Finds the number of a trace, or gives it one.
    void placeTrace(std::string_view traceId, BatchTrace& trace, BatchRollup& rollup);
    /// The rows that were not there.
    [[nodiscard]] std::vector<const SpanRow*> insertSpans(std::span<const SpanRow> rows,
                                                          const BatchTraces& traces);
    bool insertSpan(const SpanRow& row, std::int64_t traceNo);
    void addToTraces(const BatchTraces& traces, const std::vector<const SpanRow*>& isNew,
                     BatchRollup& rollup);
    [[nodiscard]] TimeSplit storedSplit(std::int64_t traceNo);
    [[nodiscard]] std::int64_t resourceId(const SpanRow& row);
    /// 0 when the client said nothing of itself.
    [[nodiscard]] std::int64_t insertBatch(const ClientReport& client);
    [[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> lostSince(const ClientReport& client);
    void upsertClient(const SpanRow& first, const Submitter& submitter, const Written& written);
    /// Its number.
    std::int64_t upsertTrace(std::string_view traceId, const TraceAddition& added);

    StoreClock clock_;
    database::Database database_;
    database::Statement insertSpan_;
    database::Statement findTrace_;
    database::Statement upsertTrace_;
    database::Statement outline_;
    database::Statement upsertClient_;
    database::Statement upsertResource_;
    database::Statement insertBatch_;
    RollupWriter rollups_;
    bool isUndone_ = false;     ///< the transaction that is under way, or was the last one
    std::int64_t batchId_ = 0;  ///< of the batch under way; 0 while it has none
    std::shared_ptr<const std::string> lastResource_;  ///< of the batch under way; mostly it has but one
    std::int64_t lastResourceId_ = 0;
    std::int64_t nowUnixNano_ = 0;  ///< when the batch under way arrived; as text:
    std::string createdAt_;
    std::string userId_;  ///< who sent it; may be empty
    RowIds ids_;
    database::FileWatch watch_;
};

}
