#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// Which kind of program recorded a span: the `clientType` of native JSON and `X-Client-Type`.
enum class ClientType : std::uint8_t { plugin, web, cli, server };

[[nodiscard]] constexpr std::string_view toString(ClientType type) noexcept {
    switch (type) {
        case ClientType::web:
            return "web";
        case ClientType::cli:
            return "cli";
        case ClientType::server:
            return "server";
        case ClientType::plugin:
            break;
    }
    return "plugin";
}

[[nodiscard]] constexpr std::optional<ClientType> parseClientType(std::string_view text) noexcept {
    for (auto type : {ClientType::plugin, ClientType::web, ClientType::cli, ClientType::server}) {
        if (text == toString(type)) return type;
    }
    return std::nullopt;
}

}
