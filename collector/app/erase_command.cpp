#include "erase_command.h"

#include <cstdlib>

#include <fmt/format.h>
#include <sidespan_collector/erase.h>

#include "collector_options.h"

namespace sidespan::collector {

std::string eraseAsTold(const http_server::Arguments& arguments) {
    const auto user = arguments.value("--user");
    const auto installation = arguments.value("--installation");
    if (arguments.words().size() != 1 || user.has_value() == installation.has_value())
        throw http_server::UsageError("erase needs one of --user ID and --installation ID");
    if (!arguments.has("--database") && !arguments.has("--store") &&
        std::getenv("SIDESPAN_COLLECTOR_STORE") == nullptr)
        throw http_server::UsageError("erase needs --database FILE or --store ADDRESS");
    const auto address = readStoreAddress(arguments);
    const auto erased = user ? eraseUser(address, *user) : eraseInstallation(address, *installation);
    return fmt::format("{} traces with {} spans were deleted", erased.traces, erased.spans);
}

}
