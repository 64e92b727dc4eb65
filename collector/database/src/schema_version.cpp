#include <sidespan_database/schema_version.h>

#include <stdexcept>

#include <fmt/format.h>

namespace sidespan::database {

std::int64_t schemaVersion(Database& database, std::int64_t applicationId) {
    const auto application = database.integer("PRAGMA application_id");
    const auto version = database.integer("PRAGMA user_version");
    if (application == applicationId) return version;
    const bool isNew =
        application == 0 && version == 0 && database.integer("SELECT count(*) FROM sqlite_master") == 0;
    if (!isNew) throw std::runtime_error("this SQLite file was made by another program; name a new file");
    return 0;
}

void setSchemaVersion(Database& database, std::int64_t applicationId, std::int64_t version) {
    database.execute(
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", applicationId, version).c_str());
}

}
