#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sidespan_collector/limits.h>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value_stack.hpp>
#include <boost/system/error_code.hpp>

#include "ingest/batch_builder.h"

namespace sidespan::collector {

/// Receives a body piece by piece from boost::json::basic_parser, makes a value of one span at a time, and
/// gives it to the batch. Outside spans it only looks for `spans`, `clientType`, `clientVersion`,
/// `serviceName` and `resource`, an object that is held as values too.
class BatchHandler {
public:
    using Text = boost::json::string_view;
    using ErrorCode = boost::system::error_code;
    static constexpr std::size_t max_object_size = std::numeric_limits<std::int32_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    explicit BatchHandler(const Limits& limits) : limits_(limits), builder_(limits) {}

    /// The spans, once the parser is done. Throws BatchError when the document held none.
    [[nodiscard]] ParsedBatch finish();

    bool on_document_begin(ErrorCode&) { return true; }
    bool on_document_end(ErrorCode&) { return true; }
    bool on_object_begin(ErrorCode&);
    bool on_object_end(std::size_t size, ErrorCode&);
    bool on_array_begin(ErrorCode&);
    bool on_array_end(std::size_t size, ErrorCode&);
    bool on_key_part(Text part, std::size_t size, ErrorCode&);
    bool on_key(Text part, std::size_t size, ErrorCode&);
    bool on_string_part(Text part, std::size_t size, ErrorCode&);
    bool on_string(Text part, std::size_t size, ErrorCode&);
    bool on_number_part(Text, ErrorCode&) { return true; }
    bool on_int64(std::int64_t number, Text, ErrorCode&);
    bool on_uint64(std::uint64_t number, Text, ErrorCode&);
    bool on_double(double rough, Text text, ErrorCode&);
    bool on_bool(bool value, ErrorCode&);
    bool on_null(ErrorCode&);
    bool on_comment_part(Text, ErrorCode&) { return true; }
    bool on_comment(Text, ErrorCode&) { return true; }

private:
    /// Within a span, or the resource.
    [[nodiscard]] bool insideValue() const noexcept {
        return inResource_ || (spanDepth_ != 0 && depth_ > spanDepth_);
    }
    [[nodiscard]] bool atSpan() const noexcept { return spanDepth_ != 0 && depth_ == spanDepth_; }
    void beginSpan();
    void endSpan();
    void beginValue();
    void forgetValue();
    void endResource();
    void takeSpan(const boost::json::value& json);
    void refuse(std::string reason);
    bool wantsValue();
    bool checkText(std::size_t size);
    void endContainer();
    template <class Push>
    bool scalar(Push push);

    const Limits& limits_;
    BatchBuilder builder_;
    std::size_t depth_ = 0;      ///< of open containers
    std::size_t spanDepth_ = 0;  ///< of the array that holds spans, while it is open
    bool sawSpans_ = false;

    bool inResource_ = false;

    std::string key_;  ///< of the wrapper object
    std::string clientType_;
    std::string clientVersion_;
    std::string serviceName_;
    std::shared_ptr<const std::string> resourceText_;  ///< null when there is none
    std::vector<std::uint8_t> ownClient_;              ///< for each row: which of the three it has itself

    std::size_t values_ = 0;  ///< of the span or resource being read
    std::string refusal_;     ///< why it is passed over; empty while it is not
    std::array<unsigned char, 32U << 10> memory_;
    std::optional<boost::json::monotonic_resource> resource_{std::in_place, memory_.data(), memory_.size()};
    boost::json::value_stack stack_;
};

}
