#pragma once

#include <filesystem>
#include <optional>

#include <sidespan_database/sqlite.h>

#include "access/token_table.h"

namespace sidespan::collector::sqlite {

/// Tokens in the SQLite file of the spans, over a connection of their own.
class SqliteTokenTable final : public TokenTable {
public:
    explicit SqliteTokenTable(std::filesystem::path file) : file_(std::move(file)) {}

    std::string state() override;
    std::vector<StoredToken> load() override;
    void add(const StoredToken& token) override;
    bool revoke(const std::string& id, std::int64_t nowUnixMs) override;

private:
    /// Whether there is a file, now open.
    [[nodiscard]] bool openExisting();
    database::Database& open();

    std::filesystem::path file_;
    std::optional<database::Database> database_;
};

}
