#include "store/open_store.h"

#include <stdexcept>

#include "store/sqlite/sqlite_store.h"
#ifdef SIDESPAN_COLLECTOR_POSTGRES
#include "store/postgres/postgres_store.h"
#endif

namespace sidespan::collector {

namespace {

std::unique_ptr<Store> openPostgres([[maybe_unused]] const StoreOptions& options) {
#ifdef SIDESPAN_COLLECTOR_POSTGRES
    return std::make_unique<postgres::PostgresStore>(options);
#else
    throw std::runtime_error(
        "this collector was built without PostgreSQL; build it with libpq and "
        "SIDESPAN_COLLECTOR_POSTGRES=on, "
        "or name an SQLite file");
#endif
}

}

bool isPostgres(std::string_view address) noexcept {
    return address.starts_with("postgresql://") || address.starts_with("postgres://");
}

std::filesystem::path sqliteFile(std::string_view address) {
    constexpr std::string_view scheme = "sqlite:";
    if (address.starts_with(scheme)) address.remove_prefix(scheme.size());
    if (address.find("://") != address.npos) {
        throw std::runtime_error(
            "the store must be postgresql://USER@HOST/DATABASE or sqlite:FILE (hidden: it may contain a "
            "password)");
    }
    return address;
}

std::unique_ptr<Store> openStore(const StoreOptions& options) {
    if (isPostgres(options.address)) return openPostgres(options);
    return std::make_unique<sqlite::SqliteStore>(sqliteFile(options.address), options.clock);
}

}
