#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <sidespan/otlp_reader/span_text.h>
#include <sidespan_collector/limits.h>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "ingest/batch_parser.h"

namespace sidespan::collector {

/// Gathers the spans of one request, whatever format they came in: judges each, keeps the good ones as rows,
/// and counts the others. A bad span is rejected alone.
class BatchBuilder {
public:
    explicit BatchBuilder(const Limits& limits) : limits_(limits) {}

    /// One more span begins; take() or reject() says what became of it. Throws BatchError when there are more
    /// than a request may hold.
    void begin();
    /// A native JSON object; false when it was rejected. Throws BatchError as reject() does.
    bool take(const boost::json::value& json);
    /// The same for a span whose values have not been counted.
    bool takeUncounted(boost::json::object json);
    /// The same for a span that obeys the native rules.
    bool take(SpanText&& span, const SpanSource& source);
    /// Throws BatchError when more are rejected than a request may hold.
    void reject(std::string reason);

    /// The resource of the spans that are added from now on, until the next call.
    void setResource(const boost::json::object& attributes);
    /// The resource as it is stored: without attributes beyond the limits. Null when there are none.
    [[nodiscard]] std::shared_ptr<const std::string> resourceText(
        const boost::json::object& attributes) const;

    [[nodiscard]] ParsedBatch& batch() noexcept { return batch_; }
    /// Why a span with more JSON values than `Limits::valuesPerSpan` is rejected.
    [[nodiscard]] std::string tooManyValues() const;

private:
    /// Checks this server's limits; a span that exceeds one is rejected.
    bool isWithin(std::size_t attributes, std::size_t events, std::size_t links);
    bool hasFewEnough(std::size_t values);

    const Limits& limits_;
    std::size_t begun_ = 0;
    ParsedBatch batch_;
    std::shared_ptr<const std::string> resource_;
};

}
