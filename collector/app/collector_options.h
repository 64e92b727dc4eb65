#pragma once

#include <string>

#include <sidespan_collector/collector.h>

#include <sidespan_http_server/arguments.h>

namespace sidespan::collector {

/// The options of sidespan-collector's command line. The token comes from --token-file, --token or the
/// environment variable SIDESPAN_COLLECTOR_TOKEN, the first of these that is given. Throws UsageError.
[[nodiscard]] CollectorOptions readOptions(const http_server::Arguments& arguments);

/// Where spans are stored, as an address: from --store, SIDESPAN_COLLECTOR_STORE or --database. Throws
/// UsageError.
[[nodiscard]] std::string readStoreAddress(const http_server::Arguments& arguments);
/// Whether one of these is given. Otherwise the store is sidespan.db. Throws UsageError.
[[nodiscard]] bool namesStore(const http_server::Arguments& arguments);

}
