#include "otlp_answer.h"

#include <cstddef>
#include <cstdint>

#include <sidespan/detail/compiler.h>
#include <sidespan/encoding/detail/protobuf.h>

#include "json_scan.h"

namespace sidespan::inline v0::detail {
namespace {

using enum DeliveryStatus;
using protobuf::Fields;
using protobuf::WireType;

// An int64: a negative count is not valid.
std::size_t countOf(const Fields& field) noexcept {
    const auto count = static_cast<std::int64_t>(field.number());
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

AnswerReading readPartialSuccess(std::string_view message) noexcept {
    AnswerReading reading;
    Fields fields(message);
    while (fields.next()) {
        if (fields.is(1, WireType::varint)) reading.refused = countOf(fields);
        if (fields.is(2, WireType::bytes)) reading.reason = fields.bytes();
    }
    return fields.problem().empty() ? reading : AnswerReading{};
}

// Empty unless the whole body is protobuf: a proxy's page may begin like it.
AnswerReading readProtobuf(std::string_view body) noexcept {
    AnswerReading reading;
    Fields fields(body);
    while (fields.next()) {
        if (fields.is(1, WireType::bytes)) reading = readPartialSuccess(fields.bytes());
    }
    return fields.problem().empty() ? reading : AnswerReading{};
}

}

DeliveryStatus otlpStatusOf(const HttpResponse& response) noexcept {
    const auto status = httpStatusOf(response);
    if (status != retry || response.status < 400) return status;
    switch (response.status) {
        case 407:
        case 421:
        case 425:
        case 429:
        case 502:
        case 503:
        case 504:
        case 511:
            return retry;
        default:
            return response.status >= 520 && response.status <= 530 ? retry : rejected;
    }
}

SIDESPAN_COLD AnswerReading readOtlpAnswer(std::string_view body) noexcept {
    if (trimFront(body).starts_with('{')) {
        const auto partial = jsonMember(body, "partialSuccess");
        auto rejected = jsonMember(partial, "rejectedSpans");  // a number, or one in a string
        if (rejected.starts_with('"')) rejected.remove_prefix(1);
        return {jsonCount(rejected), jsonText(jsonMember(partial, "errorMessage"))};
    }
    return readProtobuf(body);
}

}
