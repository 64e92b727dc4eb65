#pragma once

#include <string>

#include <sidespan_http_server/arguments.h>

namespace sidespan::collector {

/// `erase --user ID` or `erase --installation ID`: deletes from the store that the options name, and says
/// what. Throws UsageError, and std::exception when not all could be deleted.
[[nodiscard]] std::string eraseAsTold(const http_server::Arguments& arguments);

}
