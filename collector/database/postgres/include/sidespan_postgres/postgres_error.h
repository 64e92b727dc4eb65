#pragma once

#include <stdexcept>
#include <string>

namespace sidespan::database {

/// PostgreSQL refused a call or does not answer. The message is PostgreSQL's, without what was sent.
class PostgresError : public std::runtime_error {
public:
    PostgresError(std::string sqlState, const std::string& message)
        : std::runtime_error(message), sqlState_(std::move(sqlState)) {}

    /// The five characters of SQLSTATE (PostgreSQL's manual, appendix A); empty when there is no connection.
    [[nodiscard]] const std::string& sqlState() const noexcept { return sqlState_; }

    /// A statement took longer than its timeout: `query_canceled`.
    [[nodiscard]] bool isTimeout() const noexcept { return sqlState_ == "57014"; }
    /// Whether the same call may succeed later: there is no connection, the server is stopping or starting,
    /// it is out of space or memory, a lock was not available, or two transactions conflicted.
    [[nodiscard]] bool isTemporary() const noexcept;

private:
    std::string sqlState_;
};

}
