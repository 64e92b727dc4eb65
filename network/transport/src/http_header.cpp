#include <sidespan/http_transport/http_header.h>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/header_text.h>

namespace sidespan::inline v0 {

SIDESPAN_COLD void addHeader(std::vector<HttpHeader>& headers, std::string_view name,
                             std::string_view value) {
    headers.push_back({std::string(name), std::string(value)});
}

bool isSameHeaderName(std::string_view a, std::string_view b) noexcept {
    return detail::equalIgnoringCase(a, b);
}

SIDESPAN_COLD bool isSendable(const HttpHeader& header) noexcept {
    return detail::isToken(header.name) && detail::isHeaderValue(header.value);
}

}
