#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/sqlite/client_reader.h"
#include "store/sqlite/sqlite_maintenance.h"
#include "store/sqlite/sqlite_rollup_table.h"
#include "store/sqlite/sqlite_span_writer.h"
#include "store/sqlite/sqlite_trace_reader.h"
#include "store/store.h"

namespace sidespan::collector::sqlite {

/// Spans in one SQLite file in WAL mode: one connection writes, another one reads, a third one takes
/// away.
class SqliteStore final : public Store {
public:
    /// Opens or makes the file. Throws std::runtime_error.
    explicit SqliteStore(const std::filesystem::path& file, StoreClock clock = {});

    using Store::writeTogether;
    WrittenTogether writeTogether(std::span<const Submission> batches, const TakeNew& takeNew) override;
    TraceList list(const TraceQuery& query, std::chrono::milliseconds timeLimit) override;
    StoredTrace load(const std::string& traceUuid, std::size_t spanLimit, std::size_t byteLimit) override;
    std::string ownerOf(const std::string& traceUuid) override;
    using Store::clients;
    std::vector<StoredClient> clients(std::size_t limit, const std::string& owner) override;
    std::vector<RollupRow> rollups(const RollupQuery& query) override;
    using Store::applyRetention;
    Removed applyRetention(const Retention& retention, const GoesOn& goesOn) override;
    Removed eraseUser(const std::string& userId) override;
    Removed eraseInstallation(const std::string& installation) override;
    std::string trouble() override;
    std::string description() const override { return file_.string(); }

private:
    void requireFile() const;

    std::filesystem::path file_;
    StoreClock clock_;
    SpanWriter writer_;
    TraceReader traces_;
    ClientReader clients_;
    RollupReader rollups_;
    Maintenance maintenance_;
};

}
