#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <sidespan_postgres/postgres_connection.h>

#include "store/batch_traces.h"
#include "store/postgres/postgres_rollup_table.h"
#include "store/rollup/batch_rollup.h"
#include "store/row_ids.h"
#include "store/store.h"

namespace sidespan::collector::postgres {

/// Writes batches over one connection: together, they take as many statements as one, but for those about
/// their clients. One thread at a time. Throws PostgresError.
class SpanWriter {
public:
    using Batches = std::span<const Store::Submission>;

    SpanWriter(database::PostgresConnection& connection, RowIds& ids)
        : connection_(connection), ids_(ids), rollups_(connection) {}

    /// As Store::writeTogether. `now` is when the batches arrived.
    Store::WrittenTogether write(Batches batches, const Store::TakeNew& takeNew,
                                 std::chrono::system_clock::time_point now);

private:
    using Extended = std::map<std::string_view, TraceAddition>;  // what traces that were there get besides

    [[nodiscard]] Store::WrittenTogether writeAll(BatchTraces& traces, Batches batches,
                                                  const Store::TakeNew& takeNew);
    void lockResources(const BatchTraces& traces);
    void makeDaysOf(const BatchTraces& traces);
    [[nodiscard]] std::int64_t resourceId(const SpanRow& row);
    [[nodiscard]] std::int64_t insertBatch(const ClientReport& client);
    void writeClients(Batches batches, std::vector<Store::Written>& written);
    void insertTraces(BatchTraces& traces, std::string_view today, BatchRollup& rollup);
    void lockTraces(BatchTraces& traces);
    /// The rows that were not there.
    [[nodiscard]] std::vector<const SpanRow*> insertSpans(const BatchTraces& traces,
                                                          const std::vector<std::int64_t>& batchIds);
    void addToTraces(const BatchTraces& traces, const std::vector<const SpanRow*>& isNew,
                     BatchRollup& rollup);
    /// Where the time of these went, with what is stored by now.
    void addSplits(const BatchTraces& traces, Extended& additions);
    [[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> lostSince(const ClientReport& client);
    void upsertClient(const SpanRow& first, const Store::Submitter& submitter, const Store::Written& written);

    database::PostgresConnection& connection_;
    RowIds& ids_;
    RollupWriter rollups_;
    std::unordered_set<std::string> days_;  // whose partitions are there
    std::unordered_map<std::string, std::int64_t> resources_;
    bool isUndone_ = false;  // the transaction that is under way, or was the last one
    /// The batch before met spans of a trace that is not there, as a collector leaves them whose retention
    /// has begun to drop their day: they are expected now.
    bool isCareful_ = false;
    std::string now_;                   // of the batches under way
    std::vector<std::string> userIds_;  // who sent them
    std::int64_t nowUnixNano_ = 0;
};

}
