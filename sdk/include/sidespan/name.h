#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// A span's name from run time, for spans outside lanes: `recorder.span(Name::copied("GET " + route))`. The
/// span copies it: at most 255 bytes, cut between characters. An empty name becomes "unnamed". A Name refers
/// to its text: use it in the call that makes it.
///
/// Use few different names, so that spans can be compared across traces; put other values in attributes.
class Name {
public:
    [[nodiscard]] static constexpr Name copied(std::string_view text) noexcept { return Name(text); }
    [[nodiscard]] constexpr std::string_view view() const noexcept { return text_; }

private:
    constexpr explicit Name(std::string_view text) noexcept : text_(text) {}
    std::string_view text_;
};

namespace detail {
template <class N>
concept LazyName =
    std::invocable<const N&> && std::convertible_to<std::invoke_result_t<const N&>, std::string_view>;
}

/// A Name, or a callable that returns its text and is called only when the span is recorded. If it throws,
/// the exception is passed on, and the span is recorded as "unnamed".
template <class N>
concept RuntimeName = std::same_as<N, Name> || detail::LazyName<N>;

}
