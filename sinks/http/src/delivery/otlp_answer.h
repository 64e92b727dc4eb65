#pragma once

#include <string_view>

#include <sidespan/network/detail/answer_rules.h>

namespace sidespan::inline v0::detail {

/// The beginning of OtlpJson's bodies. By it a batch of an earlier run with another encoding is recognised:
/// the media type is that of native JSON, and the path can be any.
inline constexpr std::string_view otlpJsonStart = R"({"resourceSpans":)";

/// What an answer to an OTLP/HTTP request means (OTLP specification, "OTLP/HTTP Response"). Of a server's own
/// failures, only 429, 502, 503 and 504 are retried. 407, 421, 425, 511 and 520 to 530 are retried because
/// they do not come from an OTLP server.
[[nodiscard]] DeliveryStatus otlpStatusOf(const HttpResponse& response) noexcept;

/// The `partial_success` of an `ExportTraceServiceResponse`, in protobuf or JSON: how many spans were
/// rejected, and the error message. Empty if the body is neither, or has no such field.
[[nodiscard]] AnswerReading readOtlpAnswer(std::string_view body) noexcept;

}
