#pragma once

#include <sidespan_database/sqlite.h>

#include "store/store.h"

namespace sidespan::collector::sqlite {

/// Returns what `call()` returns. Throws StoreUnavailable if SQLite fails in a way that may be temporary, for
/// example because another program has locked the file.
template <class Call>
auto orUnavailable(Call call) try {
    return call();
} catch (const database::DatabaseError& error) {
    if (error.isTemporary()) throw StoreUnavailable(error.what());
    throw;
}

}
