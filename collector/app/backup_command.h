#pragma once

namespace sidespan::collector {

/// `sidespan-collector backup --database FILE --to FILE`: copies a database that may be in use. Returns the
/// exit status. Throws http_server::UsageError, and std::runtime_error when it cannot be copied.
[[nodiscard]] int runBackupCommand(int argc, const char* const* argv);

}
