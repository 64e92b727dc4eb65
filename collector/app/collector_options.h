#pragma once

#include <filesystem>

#include <sidespan_collector/collector.h>

#include "arguments.h"

namespace sidespan::collector {

/// `127.0.0.1:8080`, `[::1]:0`, `:8080` or `8080`. Throws UsageError.
void parseListen(std::string_view text, CollectorOptions& options);

/// What sidespan-collector's command line asks for. The token comes from --token-file, --token or the
/// environment's SIDESPAN_COLLECTOR_TOKEN, whichever is there first. Throws UsageError.
[[nodiscard]] CollectorOptions readOptions(const Arguments& arguments);

}
