#include "store/sqlite/sqlite_store.h"

#include <utility>

#include <sidespan_database/sqlite.h>

#include "store/sqlite/or_unavailable.h"

namespace sidespan::collector::sqlite {

namespace {

const std::filesystem::path& checked(const std::filesystem::path& file) {
    database::requireFileName(file);
    return file;
}

}

SqliteStore::SqliteStore(const std::filesystem::path& file, StoreClock clock)
    : file_(checked(file)),
      clock_(std::move(clock)),
      writer_(file, clock_),
      traces_(file),
      clients_(file),
      rollups_(file),
      maintenance_(file) {}

void SqliteStore::requireFile() const {
    if (!writer_.file().isInPlace()) throw StoreUnavailable("the database was moved or deleted");
}

Store::WrittenTogether SqliteStore::writeTogether(std::span<const Submission> batches,
                                                  const TakeNew& takeNew) {
    try {
        return writer_.write(batches, takeNew);
    } catch (const database::DatabaseError& error) {
        throw StoreUnavailable(error.what());
    }
}

TraceList SqliteStore::list(const TraceQuery& query, std::chrono::milliseconds timeLimit) {
    requireFile();
    return orUnavailable([&] { return traces_.list(query, timeLimit); });
}

StoredTrace SqliteStore::load(const std::string& traceUuid, std::size_t spanLimit, std::size_t byteLimit) {
    requireFile();
    return orUnavailable([&] { return traces_.load(traceUuid, spanLimit, byteLimit); });
}

std::string SqliteStore::ownerOf(const std::string& traceUuid) {
    requireFile();
    return orUnavailable([&] { return traces_.ownerOf(traceUuid); });
}

std::vector<StoredClient> SqliteStore::clients(std::size_t limit, const std::string& owner) {
    requireFile();
    return orUnavailable([&] { return clients_.list(limit, owner); });
}

std::vector<RollupRow> SqliteStore::rollups(const RollupQuery& query) {
    requireFile();
    return orUnavailable([&] { return rollups_.read(query); });
}

Removed SqliteStore::applyRetention(const Retention& retention, const GoesOn& goesOn) {
    requireFile();
    return orUnavailable([&] {
        const auto now = clock_ ? clock_() : std::chrono::system_clock::now();
        return maintenance_.applyRetention(retention, now, goesOn);
    });
}

Removed SqliteStore::eraseUser(const std::string& userId) {
    requireFile();
    return orUnavailable([&] { return maintenance_.eraseUser(userId); });
}

Removed SqliteStore::eraseInstallation(const std::string& installation) {
    requireFile();
    return orUnavailable([&] { return maintenance_.eraseInstallation(installation); });
}

std::string SqliteStore::trouble() {
    return writer_.file().isInPlace() ? "" : "the database was moved or deleted";
}

}
