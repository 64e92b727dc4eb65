#pragma once

#include <string_view>

#include <sidespan/network/detail/answer_rules.h>

namespace sidespan::inline v0::detail {

/// How OtlpJson's bodies begin. It tells whose rules hold for a batch of an earlier run with another
/// encoding: the media type is that of native JSON, and the path may be any.
inline constexpr std::string_view otlpJsonStart = R"({"resourceSpans":)";

/// What an answer to an OTLP/HTTP request means (OTLP specification, "OTLP/HTTP Response"): of what a server
/// says, only 429, 502, 503 and 504 are tried again; 407, 421, 425, 511 and 520 to 530 are what no OTLP
/// server says.
[[nodiscard]] DeliveryStatus otlpStatusOf(const HttpResponse& response) noexcept;

/// The `partial_success` of an `ExportTraceServiceResponse`, in protobuf or JSON: how many spans were
/// rejected, and the error message. Nothing when the body is neither, or says nothing of the kind.
[[nodiscard]] AnswerReading readOtlpAnswer(std::string_view body) noexcept;

}
