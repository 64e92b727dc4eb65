#include "otlp_answer.h"

#include <cstdint>
#include <optional>

#include "json_scan.h"

namespace sidespan::inline v0::detail {
namespace {

using enum DeliveryStatus;

/// One message of the protobuf wire format, as far as a short answer needs it.
class Fields {
public:
    explicit Fields(std::string_view message) noexcept : rest_(message) {}

    /// Goes to the next field; false at the end and where the message breaks off.
    bool next() noexcept {
        const auto tag = readVarint();
        if (!tag) return false;
        field = *tag >> 3U;
        number = 0;
        bytes = {};
        switch (*tag & 7U) {
            case 0:
                return read(number);
            case 1:
                return skip(8);
            case 2:
                return read(number) && take(number);
            case 5:
                return skip(4);
            default:
                return false;
        }
    }

    std::uint64_t field = 0;
    std::uint64_t number = 0;
    std::string_view bytes;

private:
    std::optional<std::uint64_t> readVarint() noexcept {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
            if ((byte & 0x80U) == 0) return value;
        }
        return std::nullopt;
    }
    bool read(std::uint64_t& value) noexcept {
        const auto found = readVarint();
        value = found.value_or(0);
        return found.has_value();
    }
    bool take(std::uint64_t size) noexcept {
        bytes = rest_.substr(0, static_cast<std::size_t>(size));
        return skip(size);
    }
    bool skip(std::uint64_t size) noexcept {
        if (size > rest_.size()) return false;
        rest_.remove_prefix(static_cast<std::size_t>(size));
        return true;
    }

    std::string_view rest_;
};

AnswerReading readPartialSuccess(std::string_view message) noexcept {
    AnswerReading reading;
    for (Fields fields(message); fields.next();) {
        if (fields.field == 1) reading.refused = static_cast<std::size_t>(fields.number);
        if (fields.field == 2) reading.reason = fields.bytes;
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
        if (fields.field == 1) return readPartialSuccess(fields.bytes);
    }
    return {};
}

}
