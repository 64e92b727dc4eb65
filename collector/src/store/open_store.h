#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "store/store.h"

namespace sidespan::collector {

/// What a store is opened with.
struct StoreOptions {
    /// `postgresql://user@host/database`, as libpq reads it, `sqlite:FILE`, or the name of an SQLite file.
    std::string address;
    StoreClock clock{};
    /// Longest that PostgreSQL may take for one statement of a batch, also waiting for a lock.
    std::chrono::milliseconds statementTimeout{10'000};
    /// Receives failures that no caller is told of. [any thread] Must not throw.
    std::function<void(std::string_view)> onError{};
};

/// Opens or makes the tables. A PostgreSQL that does not answer is no error: it is tried again with each
/// call. Throws std::runtime_error that says what is wrong and what would be right.
[[nodiscard]] std::unique_ptr<Store> openStore(const StoreOptions& options);

/// The file of an address that is not PostgreSQL's. Throws std::runtime_error for one that is no file's
/// either.
[[nodiscard]] std::filesystem::path sqliteFile(std::string_view address);

/// Whether the address is PostgreSQL's, rather than a file's.
[[nodiscard]] bool isPostgres(std::string_view address) noexcept;

}
