#include <algorithm>

#include "fields.h"

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {
namespace {

// The length of "http://" or "https://", in any case (RFC 3986, 3.1); 0 if it is neither.
std::size_t schemeSize(std::string_view url) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        const auto isSame = [](char a, char b) {
            return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
        };
        if (std::ranges::equal(scheme, url.substr(0, scheme.size()), isSame)) return scheme.size();
    }
    return 0;
}

// RFC 3986, 3.2.2: an IPv6 address is in brackets; no other host contains a colon.
std::string_view hostOf(std::string_view authority) {
    if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
    return authority.substr(0, authority.rfind(':'));
}

bool hasHost(std::string_view authority) {
    const auto host = hostOf(authority);
    if (host.starts_with('['))
        return host.size() > 2 && host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
    return !host.empty() && host.find_first_of("[]:\\") == host.npos;
}

bool hasBadPort(std::string_view authority) {
    auto rest = authority.substr(hostOf(authority).size());
    if (rest.empty()) return false;
    if (rest[0] != ':') return true;
    rest.remove_prefix(1);
    const auto port = takeDecimal(rest).value_or(0);
    return !rest.empty() || port == 0 || port > 65535;
}

}

std::string shownUrl(std::string_view url) {
    if (url.find('@') != url.npos) return "not a valid http(s) URL (hidden: it may contain credentials)";
    return quoted(url);
}

SIDESPAN_COLD void isUrl(Fields& fields, std::string_view value, std::string_view example,
                         bool mayHaveCredentials) {
    if (value.empty()) return;
    const auto scheme = schemeSize(value);
    const auto authority = value.substr(scheme, value.find_first_of("/?#", scheme) - scheme);
    const auto host = authority.substr(authority.rfind('@') + 1);
    if (scheme == 0 || hasControl(value) || value.find(' ') != value.npos) {
        fields.fail(shownUrl(value), join({"an address such as ", quoted(example)}));
    } else if (host.size() != authority.size() && !mayHaveCredentials) {
        fields.refuse("must not contain credentials; use Config::token");
    } else if (value.find_first_of("?#") != value.npos) {
        fields.refuse("must not contain \"?\" or \"#\": paths are added to it");
    } else if (!hasHost(host) || hasBadPort(host)) {
        fields.fail(shownUrl(value), "an address with a host, and a port from 1 to 65535 or none");
    }
}

}
