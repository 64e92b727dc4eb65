#pragma once

#include <optional>
#include <string_view>

#include <sidespan_http_server/caller.h>

namespace sidespan::http_server {

/// Tokens that are stored elsewhere. [any thread] Its functions do not block.
class TokenSource {
public:
    virtual ~TokenSource() = default;

    /// Whether there has never been a token. A server whose tokens were all revoked is not open.
    [[nodiscard]] virtual bool isEmpty() const = 0;
    /// The caller to whom the token belongs; empty for any text that is not a token. For a token that is no
    /// longer valid, mayEnter is false.
    [[nodiscard]] virtual std::optional<Caller> find(std::string_view bearer) const = 0;
};

}
