#pragma once

#include <stdexcept>
#include <string>

namespace sidespan::database {

/// PostgreSQL refused, or does not answer; the message is its own, without what was sent.
class PostgresError : public std::runtime_error {
public:
    PostgresError(std::string sqlState, const std::string& message)
        : std::runtime_error(message), sqlState_(std::move(sqlState)) {}

    /// The five characters of SQLSTATE (PostgreSQL's manual, appendix A); empty when there is no connection.
    [[nodiscard]] const std::string& sqlState() const noexcept { return sqlState_; }

    /// A statement that took longer than it may: `query_canceled`.
    [[nodiscard]] bool isTimeout() const noexcept { return sqlState_ == "57014"; }
    /// Whether the same may succeed later: there is no connection, the server is ending or starting, it lacks
    /// room or memory, a lock was not to be had, or two transactions were in each other's way.
    [[nodiscard]] bool isTemporary() const noexcept;

private:
    std::string sqlState_;
};

}
