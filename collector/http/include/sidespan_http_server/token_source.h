#pragma once

#include <optional>
#include <string_view>

#include <sidespan_http_server/caller.h>

namespace sidespan::http_server {

/// Tokens that are kept elsewhere. [any thread] Its functions do not block.
class TokenSource {
public:
    virtual ~TokenSource() = default;

    /// Whether there is no token and has never been one: a server that lost its last token is not open.
    [[nodiscard]] virtual bool isEmpty() const = 0;
    /// Whose token it is; empty for a text that is none, also for no text. One that is no longer valid has
    /// mayEnter false.
    [[nodiscard]] virtual std::optional<Caller> find(std::string_view bearer) const = 0;
};

}
