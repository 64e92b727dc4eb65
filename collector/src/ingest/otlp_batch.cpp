#include "ingest/otlp_batch.h"

#include <stdexcept>
#include <utility>

#include <sidespan/encoding/detail/protobuf.h>
#include <sidespan/otlp_reader/otlp_reader.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "ingest/batch_builder.h"

namespace sidespan::collector {

namespace {

using detail::protobuf::appendBytesField;
using detail::protobuf::appendNumberField;

std::string reasonOf(const ParsedBatch& batch) {
    return batch.rejections.empty() ? std::string() : batch.rejections.front().reason;
}

}

ParsedBatch parseOtlp(std::string_view body, OtlpForm form, const Limits& limits) try {
    BatchBuilder builder(limits);
    const auto take = [&](boost::json::object span) {
        builder.begin();
        builder.takeUncounted(std::move(span));
    };
    const auto takeText = [&](SpanText&& span, const SpanSource& source) {
        builder.begin();
        builder.take(std::move(span), source);
    };
    const auto takeResource = [&](const boost::json::object& attributes) { builder.setResource(attributes); };
    form == OtlpForm::protobuf ? readOtlpProtobuf(body, take, takeText, takeResource)
                               : readOtlpJson(body, take, takeResource);
    return std::move(builder.batch());
} catch (const std::invalid_argument& error) {
    throw BatchError(BatchError::Kind::malformed, error.what());
}

std::string otlpReceipt(const ParsedBatch& batch, OtlpForm form) {
    if (form == OtlpForm::protobuf) {
        if (batch.rejected == 0) return {};
        std::string partialSuccess;
        appendNumberField(partialSuccess, 1, batch.rejected);
        appendBytesField(partialSuccess, 2, reasonOf(batch));
        std::string receipt;
        appendBytesField(receipt, 1, partialSuccess);
        return receipt;
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
    if (form == OtlpForm::protobuf) {
        std::string status;
        appendBytesField(status, messageField, message);
        return status;
    }
    return boost::json::serialize(boost::json::object{{"message", message}});
}

}
