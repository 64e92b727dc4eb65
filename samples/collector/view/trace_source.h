#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "span_row.h"

namespace sidespan::collector {

/// Where a collector is.
struct CollectorUrl {
    std::string host;
    std::uint16_t port = 80;
    std::string path;  ///< before `/api/…`; without a slash at the end
};

/// `http://host[:port][/path]`. Throws std::invalid_argument that says what would be right.
[[nodiscard]] CollectorUrl parseCollectorUrl(std::string_view text);

/// Asks a collector for a trace; `trace` is a trace id or `latest`. Blocks, for at most half a minute.
/// Throws std::runtime_error that says what went wrong.
[[nodiscard]] std::vector<RecordedSpan> fetchTrace(const CollectorUrl& url, const std::string& token,
                                                   const std::string& trace);

/// The spans in the collector's answer for one trace. Throws std::invalid_argument.
[[nodiscard]] std::vector<RecordedSpan> parseTraceAnswer(const boost::json::value& answer);

}
