#include "ingest/batch_parser.h"

#include <memory>

#include <fmt/format.h>
#include <boost/json/basic_parser_impl.hpp>

#include "ingest/batch_handler.h"
#include "ingest/text_repair.h"

namespace sidespan::collector {

namespace {

/// Boost.JSON's parser, which takes a text piece by piece.
class BatchReader {
public:
    explicit BatchReader(const Limits& limits)
        : parser_(std::make_unique<boost::json::basic_parser<BatchHandler>>(options(limits), limits)) {}

    void read(std::string_view piece) { write(piece, true); }
    [[nodiscard]] ParsedBatch finish() {
        write({}, false);
        return parser_->handler().finish();
    }

private:
    static boost::json::parse_options options(const Limits& limits) {
        boost::json::parse_options options;
        options.max_depth = limits.jsonDepth;
        return options;
    }
    void write(std::string_view piece, bool isMoreToCome) {
        boost::system::error_code error;
        const auto read = parser_->write_some(isMoreToCome, piece.data(), piece.size(), error);
        if (!error && read < piece.size()) error = boost::json::error::extra_data;
        read_ += read;
        if (error) {
            throw BatchError(BatchError::Kind::malformed,
                             fmt::format("the body is not JSON: {} after {} bytes", error.message(), read_));
        }
    }

    std::unique_ptr<boost::json::basic_parser<BatchHandler>> parser_;  // its handler holds a span's memory
    std::size_t read_ = 0;
};

}

ParsedBatch parseBatch(std::string_view body, const Limits& limits) {
    BatchReader reader(limits);
    repairText(body, limits.inflatedBytes, [&](std::string_view piece) { reader.read(piece); });
    return reader.finish();
}

}
