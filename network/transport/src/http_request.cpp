#include <algorithm>

#include <sidespan/detail/compiler.h>
#include <sidespan/http_transport/http_request.h>

namespace sidespan::inline v0 {

SIDESPAN_COLD std::string originOf(const std::string& url) {
    const auto scheme = url.find("://");
    if (scheme == std::string::npos) return url.substr(url.rfind('@') + 1);
    const auto end = std::min(url.find_first_of("/?#", scheme + 3), url.size());
    const auto at = url.rfind('@', end);
    const auto host = at == std::string::npos || at < scheme + 3 ? scheme + 3 : at + 1;
    return url.substr(0, scheme + 3) + url.substr(host, end - host);
}

}
