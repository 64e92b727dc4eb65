#pragma once

#include <sidespan_database/sqlite.h>

namespace sidespan::collector::sqlite {

/// Makes the tables in a new file. Throws std::runtime_error when the file holds something else, or was made
/// by a later version of the collector.
void prepareSchema(database::Database& database);

}
