#include "store/postgres/postgres_store.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "store/postgres/postgres_maintenance.h"
#include "store/postgres/postgres_rollup_table.h"
#include "store/postgres/postgres_trace_reader.h"

namespace sidespan::collector::postgres {

namespace {

constexpr std::chrono::milliseconds askTimeout{1'000};

}

PostgresStore::PostgresStore(const StoreOptions& options)
    : clock_(options.clock),
      server_(options.address, options.statementTimeout),
      writes_(server_),
      reads_(server_),
      maintenance_(server_),
      askServer_(options.address, askTimeout),
      asks_(askServer_) {
    try {
        writes_.run([](database::PostgresConnection&) {});
    } catch (const StoreUnavailable& error) {
        if (options.onError) options.onError(error.what());
    }
}

Store::WrittenTogether PostgresStore::writeTogether(std::span<const Submission> batches,
                                                    const TakeNew& takeNew) {
    return writes_.run([&](database::PostgresConnection& connection) {
        if (std::exchange(writerGeneration_, writes_.generation()) != writes_.generation())
            writer_.emplace(connection, ids_);
        return writer_->write(batches, takeNew, now());
    });
}

TraceList PostgresStore::list(const TraceQuery& query, std::chrono::milliseconds timeLimit) {
    return reads_.run(
        [&](auto& connection) { return listTraces(connection, query, timeLimit, timeLimit / 2); });
}

StoredTrace PostgresStore::load(const std::string& traceUuid, std::size_t spanLimit, std::size_t byteLimit) {
    return reads_.run([&](auto& connection) {
        connection.setTimeout(server_.timeout());
        return loadTrace(connection, traceUuid, spanLimit, byteLimit);
    });
}

std::string PostgresStore::ownerOf(const std::string& traceUuid) {
    return reads_.run([&](auto& connection) {
        connection.setTimeout(server_.timeout());
        return postgres::ownerOf(connection, traceUuid);
    });
}

std::vector<StoredClient> PostgresStore::clients(std::size_t limit, const std::string& owner) {
    return reads_.run([&](auto& connection) {
        connection.setTimeout(server_.timeout());
        return listClients(connection, limit, owner);
    });
}

std::vector<RollupRow> PostgresStore::rollups(const RollupQuery& query) {
    return reads_.run([&](auto& connection) {
        connection.setTimeout(std::min(server_.timeout(), query.mostTime));
        try {
            return readRollups(connection, query);
        } catch (const database::PostgresError& error) {
            if (!error.isTimeout()) throw;
            query.tookTooLong();
        }
    });
}

std::chrono::system_clock::time_point PostgresStore::now() const {
    return clock_ ? clock_() : std::chrono::system_clock::now();
}

Removed PostgresStore::applyRetention(const Retention& retention, const GoesOn& goesOn) {
    return maintenance_.run(
        [&](auto& connection) { return postgres::applyRetention(connection, retention, now(), goesOn); });
}

Removed PostgresStore::eraseUser(const std::string& userId) {
    return maintenance_.run([&](auto& connection) { return postgres::eraseUser(connection, userId); });
}

Removed PostgresStore::eraseInstallation(const std::string& installation) {
    return maintenance_.run(
        [&](auto& connection) { return postgres::eraseInstallation(connection, installation); });
}

std::string PostgresStore::trouble() {
    const std::lock_guard lock(askMutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now < askedUntil_) return trouble_;
    try {
        asks_.run([](auto& connection) { connection.execute("SELECT 1 FROM traces LIMIT 1"); });
        trouble_.clear();
    } catch (const std::exception&) {
        trouble_ = "the database does not answer";
    }
    askedUntil_ = std::chrono::steady_clock::now() + askTimeout;
    return trouble_;
}

}
