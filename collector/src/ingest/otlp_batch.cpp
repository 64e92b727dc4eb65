#include "ingest/otlp_batch.h"

#include <stdexcept>

#include <sidespan/otlp_reader/otlp_reader.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "ingest/batch_builder.h"

namespace sidespan::collector {

namespace {

std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(value | 0x80U);
    return bytes += static_cast<char>(value);
}

std::string numberField(unsigned field, std::uint64_t value) {
    return varint(field << 3U) + varint(value);
}

std::string bytesField(unsigned field, std::string_view bytes) {
    constexpr unsigned wireType = 2;
    return varint((field << 3U) | wireType) + varint(bytes.size()) + std::string(bytes);
}

std::string reasonOf(const ParsedBatch& batch) {
    return batch.rejections.empty() ? std::string() : batch.rejections.front().reason;
}

}

ParsedBatch parseOtlp(std::string_view body, OtlpForm form, const Limits& limits) try {
    BatchBuilder builder(limits);
    const auto take = [&](boost::json::object span) {
        builder.begin();
        builder.take(std::move(span));
    };
    form == OtlpForm::protobuf ? readOtlpProtobuf(body, take) : readOtlpJson(body, take);
    return std::move(builder.batch());
} catch (const std::invalid_argument& error) {
    throw BatchError(BatchError::Kind::malformed, error.what());
}

std::string otlpReceipt(const ParsedBatch& batch, OtlpForm form) {
    if (form == OtlpForm::protobuf) {
        if (batch.rejected == 0) return {};
        return bytesField(1, numberField(1, batch.rejected) + bytesField(2, reasonOf(batch)));
    }
    boost::json::object receipt;
    if (batch.rejected != 0) {
        receipt["partialSuccess"] = {{"rejectedSpans", std::to_string(batch.rejected)},
                                     {"errorMessage", reasonOf(batch)}};
    }
    return boost::json::serialize(receipt);
}

std::string otlpStatus(std::string_view message, OtlpForm form) {
    constexpr unsigned messageField = 2;
    if (form == OtlpForm::protobuf) return bytesField(messageField, message);
    return boost::json::serialize(boost::json::object{{"message", message}});
}

}
