#pragma once

#include <cstddef>
#include <string_view>

#include <sidespan/network/detail/request_source.h>

namespace sidespan::inline v0::detail {

/// How many spans of a batch the server says it refused, from the body of its 2xx: the number of the
/// top-level member "rejected" of a JSON object. 0 if there is no such object or member: then the server took
/// all spans.
[[nodiscard]] std::size_t rejectedSpans(std::string_view body) noexcept;
/// The first "reason" in such a body, with its escapes; empty if there is none.
[[nodiscard]] std::string_view rejectionReason(std::string_view body) noexcept;
/// Both, for the client that sends.
[[nodiscard]] AnswerReading readServerAnswer(std::string_view body) noexcept;

}
