#include <sidespan_collector/erase.h>

#include "store/open_store.h"

namespace sidespan::collector {

namespace {

Erased erasedOf(const Removed& removed) {
    return {removed.traces, removed.spans};
}

}

Erased eraseUser(const std::string& store, const std::string& userId) {
    return erasedOf(openStore({store})->eraseUser(userId));
}

Erased eraseInstallation(const std::string& store, const std::string& installation) {
    return erasedOf(openStore({store})->eraseInstallation(installation));
}

}
