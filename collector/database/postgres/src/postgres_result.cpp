#include <sidespan_postgres/postgres_result.h>

#include <charconv>

#include <libpq-fe.h>
#include <sidespan_postgres/postgres_error.h>

namespace sidespan::database {

namespace {

std::int64_t number(std::string_view text) noexcept {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}

// Classes of SQLSTATE: 08 connection, 25 transaction state (a server that became read-only), 40 serialization
// and deadlock, 53 resources, 55 locks and objects in use, 57 intervention (also the timeout), 58 system.
bool PostgresError::isTemporary() const noexcept {
    if (sqlState_.empty()) return true;
    for (const char* kind : {"08", "25", "40", "53", "55", "57", "58"})
        if (sqlState_.starts_with(kind)) return true;
    return false;
}

void PostgresResult::Clear::operator()(pg_result* result) const noexcept {
    PQclear(result);
}

int PostgresResult::rows() const noexcept {
    return PQntuples(result_.get());
}

std::int64_t PostgresResult::changed() const noexcept {
    return number(PQcmdTuples(result_.get()));
}

bool PostgresResult::isNull(int row, int column) const noexcept {
    return PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view PostgresResult::text(int row, int column) const noexcept {
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t PostgresResult::integer(int row, int column) const noexcept {
    return number(text(row, column));
}

}
