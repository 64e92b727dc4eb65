#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include <sidespan_postgres/postgres_connection.h>

#include "store/store.h"

namespace sidespan::collector::postgres {

/// The shared data of one collector's connections: where the database is, and whether its tables have been
/// checked. [any thread]
class Server {
public:
    Server(std::string address, std::chrono::milliseconds timeout)
        : address_(std::move(address)), timeout_(timeout) {}

    /// A new connection to tables that are up to date. Throws StoreUnavailable, and std::runtime_error when
    /// the tables are not ours.
    [[nodiscard]] database::PostgresConnection connect();
    /// Without user and password; the server's name only after a connection.
    [[nodiscard]] std::string description() const;
    [[nodiscard]] std::chrono::milliseconds timeout() const noexcept { return timeout_; }

private:
    std::string address_;
    std::chrono::milliseconds timeout_;
    mutable std::mutex mutex_;
    bool isPrepared_ = false;
    std::string description_ = "PostgreSQL";
};

/// A connection that is opened at its first use, and again after it was lost, but at most once a second, so
/// that a missing server does not delay its callers. One thread at a time.
class Session {
public:
    explicit Session(Server& server) : server_(&server) {}

    /// Calls `work` with a connection, and returns its result. Failures that may be temporary are thrown as
    /// StoreUnavailable.
    template <class Work>
    auto run(Work work) {
        auto& connection = open();
        try {
            return work(connection);
        } catch (const database::PostgresError& error) {
            if (!connection.isOpen()) connection_.reset();
            if (error.isTemporary()) throw StoreUnavailable(error.what());
            throw;
        }
    }
    /// The number of connections so far: statements that were prepared on one do not exist on the next.
    [[nodiscard]] std::size_t generation() const noexcept { return generation_; }

private:
    database::PostgresConnection& open();

    Server* server_;
    std::optional<database::PostgresConnection> connection_;
    std::size_t generation_ = 0;
    std::chrono::steady_clock::time_point nextTry_{};
    std::string lastFailure_;
};

}
