#pragma once

#include <string>

#include <sidespan_collector/collector.h>

#include <sidespan_http_server/arguments.h>

namespace sidespan::collector {

/// What sidespan-collector's command line asks for. The token comes from --token-file, --token or the
/// environment's SIDESPAN_COLLECTOR_TOKEN, whichever is there first. Throws UsageError.
[[nodiscard]] CollectorOptions readOptions(const http_server::Arguments& arguments);

/// Where spans are stored: what --store, SIDESPAN_COLLECTOR_STORE or --database says, as an address. Throws
/// UsageError.
[[nodiscard]] std::string readStoreAddress(const http_server::Arguments& arguments);
/// Whether one of these says it; sidespan.db is the store otherwise. Throws UsageError.
[[nodiscard]] bool namesStore(const http_server::Arguments& arguments);

}
