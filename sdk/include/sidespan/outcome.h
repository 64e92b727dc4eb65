#pragma once

#include <utility>
#include <variant>

#include <sidespan/error.h>

namespace sidespan::inline v0 {

/// The value of what succeeded, or the Error of what did not. `Outcome<>` carries no value.
template <class T = std::monostate>
class [[nodiscard]] Outcome {
public:
    Outcome() requires std::is_default_constructible_v<T> : state_(T{}) {}
    Outcome(T value) : state_(std::move(value)) {}
    Outcome(Error error) : state_(std::move(error)) {}

    [[nodiscard]] bool isSuccess() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return isSuccess(); }

    /// Only when isSuccess(); throws std::bad_variant_access otherwise.
    [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
    [[nodiscard]] T& value() & { return std::get<0>(state_); }
    [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }

    /// Only when not isSuccess(); throws std::bad_variant_access otherwise.
    [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

}
