#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace sidespan::http_server {

/// What the bearer of a token may do.
enum class Scope : std::uint8_t {
    ingest = 1,   ///< send data
    read = 2,     ///< read what belongs to its own user
    readAll = 4,  ///< read what belongs to anyone
    metrics = 8,  ///< read the server's own figures
    admin = 16    ///< everything
};

/// Who may use a route.
enum class Access : std::uint8_t {
    everyone,  ///< anyone: the answer contains no stored data
    token,     ///< anyone with a valid token
    ingest,    ///< anyone who may send; and so on
    read,      ///< who may read their own data or all data: see Caller::readsAll()
    readAll,
    metrics,
    admin
};

/// The scopes of one token.
class Scopes {
public:
    constexpr Scopes() noexcept = default;
    constexpr Scopes(std::initializer_list<Scope> scopes) noexcept {
        for (const auto scope : scopes) bits_ |= static_cast<unsigned>(scope);
    }
    /// `ingest`, `read`, `read-all`, `metrics` and `admin`, separated by commas. Throws std::invalid_argument
    /// that names a wrong scope.
    [[nodiscard]] static Scopes parse(std::string_view text);
    /// In the same form.
    [[nodiscard]] std::string toText() const;

    [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
    /// `admin` has all of them.
    [[nodiscard]] constexpr bool has(Scope scope) const noexcept {
        return (bits_ & (static_cast<unsigned>(scope) | static_cast<unsigned>(Scope::admin))) != 0;
    }
    [[nodiscard]] bool allow(Access access) const noexcept;

    friend constexpr bool operator==(Scopes, Scopes) noexcept = default;

private:
    unsigned bits_ = 0;
};

/// The scope that a route requires, by its name.
[[nodiscard]] std::string_view toString(Access access) noexcept;

}
