#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include <sidespan_database/sqlite.h>

#include "access/token_table.h"

namespace sidespan::collector::sqlite {

/// Tokens in the SQLite file of the spans, over a connection of their own. Reading them waits for no writer.
class SqliteTokenTable final : public TokenTable {
public:
    /// A call waits that long while another program has locked the file.
    explicit SqliteTokenTable(std::filesystem::path file,
                              std::chrono::milliseconds wait = std::chrono::seconds(5))
        : file_(std::move(file)), wait_(wait) {}

    std::string state() override;
    std::vector<StoredToken> load() override;
    void add(const StoredToken& token) override;
    bool revoke(const std::string& id, std::int64_t nowUnixMs) override;

private:
    /// Whether there is a table of tokens in a file, now open.
    [[nodiscard]] bool openExisting();
    /// Makes the tables that are not there.
    database::Database& openToWrite();

    std::filesystem::path file_;
    std::chrono::milliseconds wait_;
    std::optional<database::Database> database_;
    bool hasTable_ = false;
};

}
