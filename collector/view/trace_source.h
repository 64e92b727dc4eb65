#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "store/span_row.h"

namespace sidespan::collector {

/// Asks the collector at `url` for a trace; `trace` is a trace id or `latest`. Blocks for at most
/// `Config::http.requestTimeout` for each request. Throws std::runtime_error that says what went wrong.
[[nodiscard]] std::vector<RecordedSpan> fetchTrace(const std::string& url, const std::string& token,
                                                   const std::string& trace);

/// The spans in the collector's answer for one trace. Throws std::invalid_argument if it is none.
[[nodiscard]] std::vector<RecordedSpan> parseTraceAnswer(const boost::json::value& answer);

}
