#include "otlp_answer.h"

#include <sidespan/encoding/detail/protobuf.h>

#include "json_scan.h"

namespace sidespan::inline v0::detail {
namespace {

using enum DeliveryStatus;
using protobuf::Fields;

AnswerReading readPartialSuccess(std::string_view message) noexcept {
    AnswerReading reading;
    for (Fields fields(message); fields.next();) {
        if (fields.field() == 1) reading.refused = static_cast<std::size_t>(fields.number());
        if (fields.field() == 2) reading.reason = fields.bytes();
    }
    return reading;
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

AnswerReading readOtlpAnswer(std::string_view body) noexcept {
    if (trimFront(body).starts_with('{')) {
        const auto partial = jsonMember(body, "partialSuccess");
        auto rejected = jsonMember(partial, "rejectedSpans");  // a number, or one in a string
        if (rejected.starts_with('"')) rejected.remove_prefix(1);
        return {jsonCount(rejected), jsonText(jsonMember(partial, "errorMessage"))};
    }
    for (Fields fields(body); fields.next();) {
        if (fields.field() == 1) return readPartialSuccess(fields.bytes());
    }
    return {};
}

}
