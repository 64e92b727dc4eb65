#pragma once

#include <cstdint>

#include <sidespan_database/sqlite.h>

namespace sidespan::collector::sqlite {

/// Which version of the tables a file has; 0 for a new one. Writes nothing. Throws std::runtime_error when
/// the file holds something else, or was made by a later version of the collector.
std::int64_t checkSchema(database::Database& database);

/// Makes the tables in a new file, and brings older ones up to date; waits for no writer when they are.
/// Throws as checkSchema() does.
void prepareSchema(database::Database& database);

}
