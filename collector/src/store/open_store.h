#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "store/store.h"

namespace sidespan::collector {

/// The options of a store.
struct StoreOptions {
    /// `postgresql://user@host/database`, as libpq reads it, `sqlite:FILE`, or the name of an SQLite file.
    std::string address;
    StoreClock clock{};
    /// The longest time for one PostgreSQL statement of a batch, including waiting for a lock.
    std::chrono::milliseconds statementTimeout{10'000};
    /// Receives failures that no caller sees. [any thread] Must not throw.
    std::function<void(std::string_view)> onError{};
};

/// Opens or creates the tables. If PostgreSQL does not answer, that is not an error: each call tries again.
/// Throws std::runtime_error that says what is wrong and what is allowed.
[[nodiscard]] std::unique_ptr<Store> openStore(const StoreOptions& options);

/// The file of an address that is not PostgreSQL's. Throws std::runtime_error if the address is not a file's
/// either.
[[nodiscard]] std::filesystem::path sqliteFile(std::string_view address);

/// Whether the address is PostgreSQL's, rather than a file's.
[[nodiscard]] bool isPostgres(std::string_view address) noexcept;

}
