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

std::unique_ptr<Store> openStore(const StoreOptions& options) {
    if (isPostgres(options.address)) return openPostgres(options);
    constexpr std::string_view scheme = "sqlite:";
    auto file = options.address;
    if (file.starts_with(scheme)) file.erase(0, scheme.size());
    if (file.find("://") != file.npos) {
        throw std::runtime_error(
            "the store is neither postgresql://USER@HOST/DATABASE nor sqlite:FILE (not shown: it may hold a "
            "password)");
    }
    return std::make_unique<sqlite::SqliteStore>(file, options.clock);
}

}
