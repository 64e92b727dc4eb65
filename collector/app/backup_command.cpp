#include "backup_command.h"

#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>
#include <sidespan_database/sqlite.h>
#include <sidespan_http_server/arguments.h>

namespace sidespan::collector {

namespace {

constexpr const char* backupHelp =
    R"(sidespan-collector backup: copies an SQLite database, also while a collector writes to it.

  sidespan-collector backup --to FILE [--database FILE]

  --to FILE        the copy, which must not exist
  --database FILE  the database to copy (sidespan.db)

The copy contains what was stored when the command began, tokens included. To use it, start a collector with
--database naming the copy. For PostgreSQL use pg_dump.
)";

}

int runBackupCommand(int argc, const char* const* argv) {
    const http_server::Arguments arguments(argc, argv, {"--database", "--to"}, {"--help", "-h"});
    if (arguments.has("--help") || arguments.has("-h")) {
        std::fputs(backupHelp, stdout);
        return 0;
    }
    const auto to = arguments.value("--to");
    if (!to || !arguments.words().empty())
        throw http_server::UsageError("backup needs --to FILE; backup --help shows how");
    const std::filesystem::path file = arguments.value("--database").value_or("sidespan.db");
    database::requireFileName(file);
    if (std::filesystem::exists(*to)) throw std::runtime_error(fmt::format("{} exists already", *to));
    database::Database database(file, database::Database::Mode::readOnly);
    auto copy = database.prepare("VACUUM INTO ?1");
    copy.bind(1, *to);
    copy.run();
    return 0;
}

}
