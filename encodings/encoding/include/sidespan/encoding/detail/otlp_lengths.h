#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// The media type of OTLP in protobuf.
inline constexpr std::string_view otlpProtobufType = "application/x-protobuf";

/// Begins a message that lasts to the end of the body. fixOtlpLengths() writes its length, so a body may have
/// up to 256 MiB. Allocates.
void appendOpenOtlpMessage(std::string& to, unsigned field);

/// Writes the lengths of a body that was assembled from parts of others: a head, in which
/// appendOpenOtlpMessage() began the resource spans and the scope spans, then spans, and nothing after them.
/// A body of any other form is left unchanged, so this can be called for any body of an earlier run that is
/// divided.
void fixOtlpLengths(char* body, std::size_t size) noexcept;

}
