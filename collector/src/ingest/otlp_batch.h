#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sidespan_collector/limits.h>

#include "ingest/batch_parser.h"

namespace sidespan::collector {

/// The two encodings of OTLP/HTTP (OTLP specification, "OTLP/HTTP").
enum class OtlpForm : std::uint8_t { protobuf, json };

inline constexpr std::string_view otlpProtobufType = "application/x-protobuf";

/// By the media type of a request that the route took.
[[nodiscard]] constexpr OtlpForm otlpFormOf(std::string_view mediaType) noexcept {
    return mediaType == otlpProtobufType ? OtlpForm::protobuf : OtlpForm::json;
}

/// Reads the body of `POST /v1/traces`. A bad span is rejected alone. Throws BatchError.
[[nodiscard]] ParsedBatch parseOtlp(std::string_view body, OtlpForm form, const Limits& limits);

/// An `ExportTraceServiceResponse`: empty when everything was taken, else its `partialSuccess`.
[[nodiscard]] std::string otlpReceipt(const ParsedBatch& batch, OtlpForm form);

/// A `google.rpc.Status`: the body of an OTLP answer that is an error.
[[nodiscard]] std::string otlpStatus(std::string_view message, OtlpForm form);

}
