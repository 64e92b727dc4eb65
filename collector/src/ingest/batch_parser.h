#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan_collector/limits.h>

#include "store/span_row.h"

namespace sidespan::collector {

/// A span that was not taken, and why.
struct Rejection {
    std::size_t index = 0;  ///< its place in the request, from 0
    std::string reason;
};

/// The spans of one request.
struct ParsedBatch {
    std::vector<SpanRow> rows;
    std::size_t rejected = 0;
    std::vector<Rejection> rejections;  ///< the first `Limits::reportedRejections` of them
};

/// The body as a whole cannot be taken: it is not JSON, not spans, or more than a limit allows.
class BatchError : public std::runtime_error {
public:
    enum class Kind { malformed, tooLarge };
    BatchError(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
    [[nodiscard]] Kind kind() const noexcept { return kind_; }

private:
    Kind kind_;
};

/// Reads the body of `POST /api/v1/telemetry/spans`: an array of spans, or
/// `{"spans": [...], "clientType": "...", "clientVersion": "...", "serviceName": "...", "resource": {…}}`,
/// whose values hold for spans without their own. A bad span is rejected alone. Memory stays in proportion to
/// the body: one span at a time is held as values. Throws BatchError.
[[nodiscard]] ParsedBatch parseBatch(std::string_view body, const Limits& limits);

}
