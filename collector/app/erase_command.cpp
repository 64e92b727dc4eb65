#include "erase_command.h"

#include <cstdio>

#include <fmt/format.h>
#include <sidespan_collector/erase.h>
#include <sidespan_http_server/arguments.h>

#include "collector_options.h"

namespace sidespan::collector {

namespace {

constexpr const char* eraseHelp =
    R"(sidespan-collector erase: deletes the traces with spans of a user or an installation, also while a collector runs.

  sidespan-collector erase --user ID | --installation ID  --database FILE | --store ADDRESS

  --user ID          the user_id that the spans are stored with
  --installation ID  what sinks with an outbox directory send as X-Client-Installation
  --database FILE, --store ADDRESS
                     the store, as the collector's options; SIDESPAN_COLLECTOR_STORE works too
)";

}

int runEraseCommand(int argc, const char* const* argv) {
    const http_server::Arguments arguments(argc, argv, {"--user", "--installation", "--database", "--store"},
                                           {"--help", "-h"});
    if (arguments.has("--help") || arguments.has("-h")) {
        std::fputs(eraseHelp, stdout);
        return 0;
    }
    const auto user = arguments.value("--user");
    const auto installation = arguments.value("--installation");
    if (!arguments.words().empty() || user.has_value() == installation.has_value())
        throw http_server::UsageError("erase needs one of --user ID and --installation ID");
    if (!namesStore(arguments))
        throw http_server::UsageError("erase needs --database FILE or --store ADDRESS");
    const auto address = readStoreAddress(arguments);
    const auto erased = user ? eraseUser(address, *user) : eraseInstallation(address, *installation);
    fmt::print("{} traces with {} spans were deleted\n", erased.traces, erased.spans);
    return 0;
}

}
