#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sidespan_database/sqlite.h>

#include "store/removed.h"

namespace sidespan::collector::sqlite {

/// Deletes traces over a connection of its own, in short transactions, and returns their space to the file
/// system. One thread at a time. Throws DatabaseError.
class Maintenance {
public:
    /// The file must have been opened by a SpanWriter before.
    explicit Maintenance(const std::filesystem::path& file);

    /// As Store::applyRetention.
    [[nodiscard]] Removed applyRetention(const Retention& retention,
                                         std::chrono::system_clock::time_point now,
                                         const std::function<bool()>& goesOn);
    /// As Store::eraseUser.
    [[nodiscard]] Removed eraseUser(const std::string& userId);
    /// As Store::eraseInstallation.
    [[nodiscard]] Removed eraseInstallation(const std::string& installation);

private:
    /// Whether traces that failed or were slow are meant, or the others.
    enum class Kind : std::int64_t { ordinary, kept };

    /// One call of applyRetention.
    struct Round {
        const Retention& retention;
        const std::function<bool()>& goesOn;
        Removed removed{};
    };

    void removeBefore(const std::string& day, Kind kind, Round& round);
    [[nodiscard]] std::vector<std::int64_t> oldest(const std::string& before, Kind kind,
                                                   const Retention& retention);
    void remove(const std::vector<std::int64_t>& traces, Removed& removed);
    [[nodiscard]] std::vector<std::int64_t> tracesWhere(std::string_view condition, const std::string& value);
    /// Deletes clients that have sent nothing, and sums, once they are old enough.
    void forgetOld(const Retention& retention, std::chrono::system_clock::time_point now);
    /// About how many bytes remain when all traces are deleted.
    [[nodiscard]] std::int64_t otherBytes();
    void removeUntil(std::int64_t maxBytes, Round& round);
    void forgetClients(std::string_view condition, const std::string& value);
    [[nodiscard]] std::int64_t bytes();
    void giveSpaceBack(const std::function<bool()>& goesOn);

    database::Database database_;
    database::Statement oldest_;
    database::Statement deleteSpans_;
    database::Statement deleteTrace_;
    database::Statement resourcesOf_;
    database::Statement deleteResource_;
};

}
