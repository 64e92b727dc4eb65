#include "store/postgres/postgres_session.h"

#include <utility>

#include "store/postgres/postgres_schema.h"

namespace sidespan::collector::postgres {

namespace {

constexpr std::chrono::seconds pause{1};

}

database::PostgresConnection Server::connect() {
    try {
        database::PostgresConnection connection(address_, timeout_);
        connection.execute("SET TIME ZONE 'UTC'");  // dates are UTC days
        const std::lock_guard lock(mutex_);
        // The database may have been dropped and made again meanwhile.
        if (!isPrepared_ || !hasSchema(connection)) prepareSchema(connection);
        isPrepared_ = true;
        description_ = "PostgreSQL, " + connection.description();
        return connection;
    } catch (const database::PostgresError& error) {
        if (error.isTemporary()) throw StoreUnavailable(error.what());
        throw;
    }
}

std::string Server::description() const {
    const std::lock_guard lock(mutex_);
    return description_;
}

database::PostgresConnection& Session::open() {
    if (connection_ && connection_->isOpen()) return *connection_;
    connection_.reset();
    const auto now = std::chrono::steady_clock::now();
    if (now < nextTry_) throw StoreUnavailable(lastFailure_);
    try {
        connection_.emplace(server_->connect());
        ++generation_;
        return *connection_;
    } catch (const std::exception& error) {
        lastFailure_ = error.what();
        nextTry_ = std::chrono::steady_clock::now() + pause;
        throw;
    }
}

}
