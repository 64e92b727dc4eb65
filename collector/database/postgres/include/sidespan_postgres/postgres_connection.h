#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sidespan_postgres/postgres_error.h>
#include <sidespan_postgres/postgres_parameters.h>
#include <sidespan_postgres/postgres_result.h>

struct pg_conn;

namespace sidespan::database {

/// One connection to a PostgreSQL server. One thread at a time. Every call may throw PostgresError. No call
/// waits for a server longer than its timeout; after a timeout the connection is lost.
class PostgresConnection {
public:
    using Milliseconds = std::chrono::milliseconds;

    /// `address` is a URL or a connection string of libpq. `timeout` is how long one statement may take in
    /// the server, plus 2 s on the way. Connecting may take as long, but at most 5 s. Throws
    /// std::invalid_argument for any other address.
    PostgresConnection(const std::string& address, Milliseconds timeout);

    /// False once the connection is lost: the transaction is undone, and a new connection is needed.
    [[nodiscard]] bool isOpen() const noexcept;

    /// Runs statements without parameters; the result is the last one's.
    PostgresResult execute(const std::string& sql);
    /// Runs one statement.
    PostgresResult execute(const std::string& sql, const PostgresParameters& parameters);
    /// The same, prepared at its first use: `sql` must live as long as the connection.
    PostgresResult executePrepared(std::string_view sql, const PostgresParameters& parameters);

    /// Takes one row, which is row 0 of the result.
    using TakeRow = std::function<void(const PostgresResult&)>;
    /// Runs one statement, and passes on each row as it arrives. After a failure, earlier rows have been
    /// passed on.
    void stream(const std::string& sql, const PostgresParameters& parameters, const TakeRow& take);

    /// How long the following statements may take.
    void setTimeout(Milliseconds timeout);

    /// `database at host`, without user and password.
    [[nodiscard]] std::string description() const;

private:
    using Deadline = std::chrono::steady_clock::time_point;
    struct Finish {
        void operator()(pg_conn* connection) const noexcept;
    };
    void finishConnecting();
    [[nodiscard]] Deadline deadline() const;
    void sent(int result);
    void flush(Deadline deadline);
    void waitFor(short events, Deadline deadline);
    /// The next result of what was sent; null after the last one.
    [[nodiscard]] pg_result* next(Deadline deadline);
    PostgresResult finish();
    void check(const pg_result* result) const;
    [[noreturn]] void lose(const std::string& why);

    std::unique_ptr<pg_conn, Finish> connection_;
    Milliseconds timeout_;
    std::unordered_map<std::string_view, std::string> prepared_;  // statement to name
};

/// Undoes what was written since its construction, unless commit() was reached.
class PostgresTransaction {
public:
    explicit PostgresTransaction(PostgresConnection& connection);
    ~PostgresTransaction();
    PostgresTransaction(const PostgresTransaction&) = delete;
    PostgresTransaction& operator=(const PostgresTransaction&) = delete;
    /// When it throws, what was written may be there or not.
    void commit();

private:
    PostgresConnection& connection_;
    bool open_ = true;
};

}
