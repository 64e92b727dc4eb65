#include <sidespan_database/sqlite.h>

#include <fmt/format.h>
#include <sqlite3.h>

namespace sidespan::database {

namespace {

/// What a connection has just refused.
DatabaseError failure(sqlite3* connection) {
    const int code = sqlite3_extended_errcode(connection);
    const auto* const file = sqlite3_db_filename(connection, "main");
    const auto* const hint = (code & 0xff) == SQLITE_BUSY ? " by another program" : "";
    return {code,
            fmt::format("database {}: {}{}", file == nullptr ? "" : file, sqlite3_errmsg(connection), hint)};
}

}

bool DatabaseError::isTemporary() const noexcept {
    switch (code_ & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_CANTOPEN:
        case SQLITE_NOMEM:
            return true;
        default:
            return false;
    }
}

void requireFileName(const std::filesystem::path& file) {
    if (file.empty()) throw std::runtime_error("the database must be a file; none is named");
    if (file.string().starts_with(':')) {
        throw std::runtime_error(fmt::format("the database must be a file; {} is not one (./{} is)",
                                             file.string(), file.string()));
    }
}

Statement::Statement(sqlite3* connection, std::string_view sql) : connection_(connection) {
    sqlite3_stmt* statement = nullptr;
    int result = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()),
                                    SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    statement_.reset(statement);
    check(result);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

void Statement::check(int result) const {
    if (result != SQLITE_OK) throw failure(connection_);
}

Statement& Statement::bind(int index, std::string_view text) {
    const char* data = text.data() == nullptr ? "" : text.data();
    check(sqlite3_bind_text64(statement_.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind(int index, std::int64_t number) {
    check(sqlite3_bind_int64(statement_.get(), index, number));
    return *this;
}

Statement& Statement::bindNull(int index) {
    check(sqlite3_bind_null(statement_.get(), index));
    return *this;
}

Statement& Statement::bindOptional(int index, std::string_view text) {
    return text.empty() ? bindNull(index) : bind(index, text);
}

bool Statement::step() {
    int result = sqlite3_step(statement_.get());
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    const auto error = failure(connection_);
    reset();
    throw error;
}

void Statement::run() {
    step();
    reset();
}

void Statement::reset() noexcept {
    // What it returns is the failure of the step before, which was thrown there.
    sqlite3_reset(statement_.get());
}

std::string_view Statement::text(int column) const {
    const auto* data = sqlite3_column_text(statement_.get(), column);
    if (data == nullptr) return {};
    return {reinterpret_cast<const char*>(data),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

Database::Database(const std::filesystem::path& file, Mode mode, std::chrono::milliseconds wait) {
    int flags = mode == Mode::readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3* connection = nullptr;
    int result = sqlite3_open_v2(file.c_str(), &connection, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    connection_.reset(connection);
    if (result != SQLITE_OK) {
        throw DatabaseError(
            result, fmt::format("database {}: {}", file.string(),
                                connection == nullptr ? "out of memory" : sqlite3_errmsg(connection)));
    }
    sqlite3_extended_result_codes(connection, 1);
    sqlite3_busy_timeout(connection, static_cast<int>(wait.count()));
}

void Database::Close::operator()(sqlite3* connection) const noexcept {
    sqlite3_close_v2(connection);
}

void Database::execute(const char* sql) {
    if (sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw failure(connection_.get());
}

std::int64_t Database::integer(const char* sql) {
    auto statement = prepare(sql);
    return statement.step() ? statement.integer(0) : 0;
}

int Database::changes() const noexcept {
    return sqlite3_changes(connection_.get());
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
    database_.execute(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
    if (!open_) return;
    try {
        database_.execute("ROLLBACK");
    } catch (const DatabaseError&) {
        // SQLite rolls back by itself after the failures that make ROLLBACK fail.
    }
}

void Transaction::commit() {
    database_.execute("COMMIT");
    open_ = false;
}

}
