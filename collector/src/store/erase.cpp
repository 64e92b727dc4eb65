#include <sidespan_collector/erase.h>

#include <filesystem>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <sidespan_database/sqlite.h>

#include "store/open_store.h"

namespace sidespan::collector {

namespace {

Erased erasedOf(const Removed& removed) {
    return {removed.traces, removed.spans};
}

/// Opening a database that does not exist would create it.
std::unique_ptr<Store> openExisting(const std::string& address) {
    if (!isPostgres(address)) {
        const auto file = sqliteFile(address);
        database::requireFileName(file);
        if (!std::filesystem::exists(file))
            throw std::runtime_error(fmt::format("there is no database {}", file.string()));
    }
    return openStore({address});
}

}

Erased eraseUser(const std::string& store, const std::string& userId) {
    return erasedOf(openExisting(store)->eraseUser(userId));
}

Erased eraseInstallation(const std::string& store, const std::string& installation) {
    return erasedOf(openExisting(store)->eraseInstallation(installation));
}

}
