#include <sstream>
#include <string>

#include <sidespan/json/span_file.h>
#include <boost/json/serialize.hpp>

#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::istringstream lines{std::string(asText(data, size))};
    std::string written;
    const auto summary = sidespan::readSpans(
        lines, [&](const sidespan::Span& span) { written += boost::json::serialize(span.toJson()) + "\n"; });
    std::istringstream again{written};
    const auto second = sidespan::readSpans(again, [](const sidespan::Span&) {});
    mustHold(second.spans == summary.spans && second.skippedLines == 0,
             "what is read can be written and read");
    return 0;
}
