#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "store/open_store.h"
#include "store/postgres/postgres_session.h"
#include "store/postgres/postgres_span_writer.h"

namespace sidespan::collector::postgres {

/// Spans in PostgreSQL, in tables that several collectors may share: one connection writes, another one
/// reads, a third one takes away, a fourth one asks whether the server answers.
class PostgresStore final : public Store {
public:
    /// Creates the tables if the server answers. If not, each call tries again, and `onError` is called.
    /// Throws std::runtime_error if the tables are not ours, or of a later version.
    explicit PostgresStore(const StoreOptions& options);

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
    std::string description() const override { return server_.description(); }

private:
    [[nodiscard]] std::chrono::system_clock::time_point now() const;

    StoreClock clock_;
    Server server_;
    Session writes_;
    Session reads_;
    Session maintenance_;
    RowIds ids_;
    std::size_t writerGeneration_ = 0;
    std::optional<SpanWriter> writer_;  // of the connection of that generation

    std::mutex askMutex_;
    Server askServer_;
    Session asks_;
    std::chrono::steady_clock::time_point askedUntil_{};
    std::string trouble_;
};

}
