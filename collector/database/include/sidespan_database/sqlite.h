#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sidespan::database {

/// SQLite refused a call. The message is SQLite's, with the name of the file.
class DatabaseError : public std::runtime_error {
public:
    DatabaseError(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
    /// SQLite's extended result code.
    [[nodiscard]] int code() const noexcept { return code_; }
    /// Whether the same call may succeed later: another program has locked the file, or the disk is full or
    /// does not answer.
    [[nodiscard]] bool isTemporary() const noexcept;

private:
    int code_;
};

/// Throws std::runtime_error for a path that SQLite takes for something else than a file: nothing, or
/// `:memory:`, which each connection would have of its own.
void requireFileName(const std::filesystem::path& file);

/// One prepared statement, to be used again and again. Text is bound without a copy: it must live until the
/// next reset(). One thread at a time.
class Statement {
public:
    Statement(sqlite3* connection, std::string_view sql);

    Statement& bind(int index, std::string_view text);
    Statement& bind(int index, std::int64_t number);
    Statement& bindNull(int index);
    /// Text, or NULL when it is empty.
    Statement& bindOptional(int index, std::string_view text);

    /// True when there is a row to read.
    bool step();
    /// Runs a statement that returns no rows, and makes it ready for the next use.
    void run();
    void reset() noexcept;

    /// Valid until the next step() or reset(); empty for NULL.
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    void check(int result) const;

    sqlite3* connection_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Resets a statement when its rows have been read, or an exception ended the reading.
struct ResetAfter {
    Statement& statement;
    ~ResetAfter() { statement.reset(); }
};

/// One connection to a database file. One thread at a time.
class Database {
public:
    enum class Mode { readWrite, readOnly };
    /// `wait` is how long a call waits while another connection has locked the file.
    Database(const std::filesystem::path& file, Mode mode,
             std::chrono::milliseconds wait = std::chrono::seconds(5));

    [[nodiscard]] Statement prepare(std::string_view sql) { return {connection_.get(), sql}; }
    void execute(const char* sql);
    /// The first column of the first row.
    [[nodiscard]] std::int64_t integer(const char* sql);
    /// Rows changed by the last statement.
    [[nodiscard]] int changes() const noexcept;
    [[nodiscard]] sqlite3* handle() noexcept { return connection_.get(); }

private:
    struct Close {
        void operator()(sqlite3* connection) const noexcept;
    };
    std::unique_ptr<sqlite3, Close> connection_;
};

/// Undoes what was written since its construction, unless commit() was reached. What is read while it lives
/// is of one moment; one that only reads waits for no writer.
class Transaction {
public:
    enum class Kind { write, read };
    explicit Transaction(Database& database, Kind kind = Kind::write);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool open_ = true;
};

}
