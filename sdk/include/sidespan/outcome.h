#pragma once

#include <utility>
#include <variant>

#include <sidespan/error.h>

namespace sidespan::inline v0 {

/// The value of a call that succeeded, or the Error of one that failed. `Outcome<>` carries no value. The
/// names are those of `std::expected<T, Error>`, which C++23 has; `isSuccess()` is `has_value()`.
template <class T = std::monostate>
class [[nodiscard]] Outcome {
public:
    Outcome() requires std::is_default_constructible_v<T> : state_(T{}) {}
    Outcome(T value) : state_(std::move(value)) {}
    Outcome(Error error) : state_(std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    [[nodiscard]] bool isSuccess() const noexcept { return has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    /// Call it only if there is a value; otherwise it throws std::bad_variant_access.
    [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
    [[nodiscard]] T& value() & { return std::get<0>(state_); }
    [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }

    /// As value().
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] T value_or(T other) const& { return has_value() ? value() : std::move(other); }
    [[nodiscard]] T value_or(T other) && { return has_value() ? std::move(*this).value() : std::move(other); }

    /// Call it only if there is no value; otherwise it throws std::bad_variant_access.
    [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

}
