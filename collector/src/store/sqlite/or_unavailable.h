#pragma once

#include <sidespan_database/sqlite.h>

#include "store/store.h"

namespace sidespan::collector::sqlite {

/// What `call()` returns. Throws StoreUnavailable where SQLite fails in a way that may be over when it is
/// called again, as while another program has locked the file.
template <class Call>
auto orUnavailable(Call call) try {
    return call();
} catch (const database::DatabaseError& error) {
    if (error.isTemporary()) throw StoreUnavailable(error.what());
    throw;
}

}
