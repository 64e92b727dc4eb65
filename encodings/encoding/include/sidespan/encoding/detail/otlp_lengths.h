#pragma once

#include <cstddef>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// The media type of OTLP in protobuf.
inline constexpr std::string_view otlpProtobufType = "application/x-protobuf";

/// How many bytes each length takes that is written when its message has ended. A body may be 256 MiB.
inline constexpr std::size_t otlpBodyLengthSize = 4;

/// Writes the lengths of a body of OtlpProtobuf that was put together from the parts of others: a head,
/// spans, and nothing after them. For whoever divides a body of an earlier run, whatever it encodes itself.
void fixOtlpLengths(char* body, std::size_t size) noexcept;

}
