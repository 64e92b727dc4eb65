#include "ingest/batch_parser.h"

#include <memory>

#include <fmt/format.h>
#include <boost/json/basic_parser_impl.hpp>

#include "ingest/batch_handler.h"
#include "ingest/text_repair.h"

namespace sidespan::collector {

ParsedBatch parseBatch(std::string_view body, const Limits& limits) {
    const auto repaired = repairText(body, limits.inflatedBytes);
    if (repaired) body = *repaired;
    boost::json::parse_options options;
    options.max_depth = limits.jsonDepth;
    // On the heap: its handler holds the memory that a span is read into.
    auto parser = std::make_unique<boost::json::basic_parser<BatchHandler>>(options, limits);
    boost::system::error_code error;
    auto read = parser->write_some(false, body.data(), body.size(), error);
    if (!error && read < body.size()) error = boost::json::error::extra_data;
    if (error) {
        throw BatchError(BatchError::Kind::malformed,
                         fmt::format("the body is not JSON: {} after {} bytes", error.message(), read));
    }
    return parser->handler().finish();
}

}
