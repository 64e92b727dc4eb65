#include "url.h"

#include <algorithm>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/header_text.h>
#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {
namespace {

bool isPort(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool isPrintable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool setAuthority(Url& url, std::string_view authority) {
    const auto bracket = authority.rfind(']');
    const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    url.host = toLower(authority.substr(0, colon));
    if (colon == std::string_view::npos) {
        url.port = url.scheme == "https" ? "443" : "80";
    } else {
        url.port = authority.substr(colon + 1);
    }
    return !url.host.empty() && isPort(url.port) && authority.find('@') == std::string_view::npos;
}

}

SIDESPAN_COLD std::optional<Url> Url::parse(std::string_view text) {
    Url url;
    const auto separator = text.find("://");
    if (separator == std::string_view::npos || !isPrintable(text)) return std::nullopt;
    url.scheme = toLower(text.substr(0, separator));
    if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
    text.remove_prefix(separator + 3);
    text = text.substr(0, text.find('#'));
    const auto end = std::min(text.find_first_of("/?"), text.size());
    if (!setAuthority(url, text.substr(0, end))) return std::nullopt;
    url.target = text.substr(end);
    if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
    return url;
}

SIDESPAN_COLD std::optional<Url> Url::resolve(std::string_view reference) const {
    const auto mark = reference.find_first_of(":/?#");
    if (mark != std::string_view::npos && reference[mark] == ':') return parse(reference);
    if (reference.starts_with("//")) return parse(join({scheme, ":", reference}));
    if (reference.empty() || !isPrintable(reference)) return std::nullopt;

    Url url = *this;
    const auto path = std::string_view(target).substr(0, target.find('?'));
    reference = reference.substr(0, reference.find('#'));
    if (reference.starts_with('/')) {
        url.target = reference;
    } else if (reference.starts_with('?')) {
        url.target = join({path, reference});
    } else {
        url.target = join({path.substr(0, path.rfind('/') + 1), reference});
    }
    return url;
}

SIDESPAN_COLD std::string Url::origin() const {
    const bool isDefault = port == (scheme == "https" ? "443" : "80");
    return join({scheme, "://", host, isDefault ? "" : ":", isDefault ? "" : std::string_view(port)});
}

std::string Url::text() const {
    return join({scheme, "://", host, ":", port, target});
}

}
