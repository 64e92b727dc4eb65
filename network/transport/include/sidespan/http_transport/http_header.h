#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// One header field of a request or response. Names are compared without regard to case (RFC 9110, 5.1).
struct HttpHeader {
    std::string name;
    std::string value;

    friend bool operator==(const HttpHeader&, const HttpHeader&) = default;
};

void addHeader(std::vector<HttpHeader>& headers, std::string_view name, std::string_view value);

[[nodiscard]] bool isSameHeaderName(std::string_view a, std::string_view b) noexcept;

/// Whether both parts can be sent: a token as name, and a value without control characters (RFC 9110, 5.5
/// and 5.6.2), so that data cannot end a header and begin another.
[[nodiscard]] bool isSendable(const HttpHeader& header) noexcept;

}
