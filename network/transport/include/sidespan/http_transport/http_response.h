#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/http_transport/http_header.h>

namespace sidespan::inline v0 {

/// What a server answered.
struct HttpResponse {
    int status = 0;
    std::vector<HttpHeader> headers{};
    std::string body{};
    /// The body was longer than the request allowed; `body` holds its beginning.
    bool isCut = false;

    [[nodiscard]] bool isSuccess() const noexcept { return status >= 200 && status < 300; }
    /// The first header of that name.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept {
        for (const auto& field : headers) {
            if (isSameHeaderName(field.name, name)) return field.value;
        }
        return std::nullopt;
    }
};

}
