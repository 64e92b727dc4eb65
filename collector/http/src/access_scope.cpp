#include <sidespan_http_server/access_scope.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace sidespan::http_server {

namespace {

constexpr std::array<std::pair<std::string_view, Scope>, 5> scopeNames{{{"ingest", Scope::ingest},
                                                                        {"read", Scope::read},
                                                                        {"read-all", Scope::readAll},
                                                                        {"metrics", Scope::metrics},
                                                                        {"admin", Scope::admin}}};

Scope scopeOf(std::string_view name) {
    const auto* found =
        std::find_if(scopeNames.begin(), scopeNames.end(), [&](auto& each) { return each.first == name; });
    if (found != scopeNames.end()) return found->second;
    throw std::invalid_argument(
        fmt::format("\"{}\" is not a scope; the scopes are ingest, read, read-all, metrics and admin", name));
}

}

Scopes Scopes::parse(std::string_view text) {
    Scopes scopes;
    for (;;) {
        const auto comma = text.find(',');
        scopes.bits_ |= static_cast<unsigned>(scopeOf(text.substr(0, comma)));
        if (comma == text.npos) return scopes;
        text.remove_prefix(comma + 1);
    }
}

std::string Scopes::toText() const {
    std::string text;
    for (const auto& [name, scope] : scopeNames) {
        if ((bits_ & static_cast<unsigned>(scope)) == 0) continue;
        if (!text.empty()) text += ',';
        text += name;
    }
    return text;
}

bool Scopes::allow(Access access) const noexcept {
    switch (access) {
        case Access::everyone:
        case Access::token:
            return true;
        case Access::ingest:
            return has(Scope::ingest);
        case Access::read:
            return has(Scope::read) || has(Scope::readAll);
        case Access::readAll:
            return has(Scope::readAll);
        case Access::metrics:
            return has(Scope::metrics);
        case Access::admin:
            return has(Scope::admin);
    }
    return false;
}

std::string_view toString(Access access) noexcept {
    switch (access) {
        case Access::everyone:
            return "everyone";
        case Access::token:
            return "token";
        case Access::ingest:
            return "ingest";
        case Access::read:
            return "read";
        case Access::readAll:
            return "read-all";
        case Access::metrics:
            return "metrics";
        case Access::admin:
            return "admin";
    }
    return "";
}

}
