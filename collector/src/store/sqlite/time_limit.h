#pragma once

#include <chrono>

#include <sidespan_database/sqlite.h>
#include <sqlite3.h>

namespace sidespan::collector::sqlite {

/// While it exists, interrupts the connection's statements once a time is reached.
class TimeLimit {
public:
    TimeLimit(database::Database& database, std::chrono::milliseconds limit)
        : database_(database), end_(std::chrono::steady_clock::now() + limit) {
        auto isOver = [](void* self) {
            return std::chrono::steady_clock::now() >= static_cast<TimeLimit*>(self)->end_ ? 1 : 0;
        };
        sqlite3_progress_handler(database_.handle(), 1'000, isOver, this);
    }
    ~TimeLimit() { sqlite3_progress_handler(database_.handle(), 0, nullptr, nullptr); }
    TimeLimit(const TimeLimit&) = delete;
    TimeLimit& operator=(const TimeLimit&) = delete;

    /// Whether a statement failed because its time was over.
    [[nodiscard]] static bool hasEnded(const database::DatabaseError& error) noexcept {
        return error.code() == SQLITE_INTERRUPT;
    }

private:
    database::Database& database_;
    std::chrono::steady_clock::time_point end_;
};

}
