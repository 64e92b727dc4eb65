#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sidespan::http_server {

/// The origins whose pages may use a server, in addition to the server's own. [any thread]
class AllowedOrigins {
public:
    AllowedOrigins() = default;
    /// Throws std::invalid_argument for a text that no browser sends as an Origin; the error says what is
    /// allowed.
    explicit AllowedOrigins(std::vector<std::string> origins);

    [[nodiscard]] bool empty() const noexcept { return origins_.empty(); }
    /// Compares byte by byte.
    [[nodiscard]] bool contains(std::string_view origin) const noexcept;

private:
    std::vector<std::string> origins_;
};

}
