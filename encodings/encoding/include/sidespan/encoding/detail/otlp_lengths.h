#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// The media type of OTLP in protobuf.
inline constexpr std::string_view otlpProtobufType = "application/x-protobuf";

/// Begins a message that lasts to the end of the body. fixOtlpLengths() writes its length; a body may be
/// 256 MiB. Allocates.
void appendOpenOtlpMessage(std::string& to, unsigned field);

/// Writes the lengths of a body that was assembled from parts of others: a head, whose resource spans and
/// scope spans appendOpenOtlpMessage() began, then spans, and nothing after them. A body of any other form is
/// left unchanged. Whoever divides a body of an earlier run can call this, whatever encoding it uses itself.
void fixOtlpLengths(char* body, std::size_t size) noexcept;

}
