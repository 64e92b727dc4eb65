#pragma once

#include <cstdint>

#include <sidespan_database/sqlite.h>

namespace sidespan::database {

/// Which version of an application's tables a file holds; 0 for a new one. Throws std::runtime_error when
/// another program made the file.
[[nodiscard]] std::int64_t schemaVersion(Database& database, std::int64_t applicationId);

/// Notes in the file whose tables it holds, and of which version.
void setSchemaVersion(Database& database, std::int64_t applicationId, std::int64_t version);

}
