#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// The parts of an http or https address that delivery needs (RFC 3986, 3).
struct Url {
    std::string scheme;  ///< "http" or "https"
    std::string host;    ///< lower case; an IPv6 address in brackets
    std::string port;    ///< digits; the scheme's default if there is none
    std::string target;  ///< path and query, beginning with '/'; no fragment

    /// Refuses other schemes, credentials, control characters and blanks.
    [[nodiscard]] static std::optional<Url> parse(std::string_view text);

    /// What `reference`, such as a Location header, means from here: absolute, or relative to host or path.
    [[nodiscard]] std::optional<Url> resolve(std::string_view reference) const;

    /// Same scheme, host and port (RFC 6454).
    [[nodiscard]] bool hasSameOrigin(const Url& other) const noexcept {
        return scheme == other.scheme && host == other.host && port == other.port;
    }
    [[nodiscard]] std::string origin() const;
    [[nodiscard]] std::string text() const;
};

}
