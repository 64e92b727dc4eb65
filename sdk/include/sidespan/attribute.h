#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <string_view>
#include <type_traits>

#include <sidespan/literal.h>

namespace sidespan::inline v0 {

/// Makes another type usable as an attribute's text: specialise it with `static std::string_view view(const
/// T&)`, whose result lives as long as its argument.
template <class T>
struct AttributeText;

namespace detail {

template <class V>
concept TextByTrait = requires(const V& value) {
    { AttributeText<V>::view(value) } -> std::convertible_to<std::string_view>;
};

template <class V>
concept Text = (std::convertible_to<const V&, std::string_view> && !std::same_as<V, std::nullptr_t>) ||
               std::same_as<V, char> || TextByTrait<V>;

// A character of an encoding that nothing here knows; its number would not be what was meant.
template <class V>
concept WideCharacter =
#ifdef __cpp_char8_t  // -fno-char8_t, /Zc:char8_t-
    std::same_as<V, char8_t> ||
#endif
    std::same_as<V, wchar_t> || std::same_as<V, char16_t> || std::same_as<V, char32_t>;

template <class V>
concept ScalarValue = (std::integral<V> && !WideCharacter<V>) || std::floating_point<V> || Text<V>;

// Contiguous, so not std::vector<bool>. Characters are more likely bytes than texts.
template <class V>
concept ArrayValue = !ScalarValue<V> && requires(const V& values) {
    { std::size(values) } -> std::convertible_to<std::size_t>;
    *std::data(values);
    requires ScalarValue<std::remove_cvref_t<decltype(*std::data(values))>>;
    requires !std::same_as<std::remove_cvref_t<decltype(*std::data(values))>, char>;
};

template <class V>
concept PlainAttributeValue = ScalarValue<V> || ArrayValue<V>;

template <class V>
concept LazyAttributeValue =
    std::invocable<const V&> && PlainAttributeValue<std::remove_cvref_t<std::invoke_result_t<const V&>>>;

[[nodiscard]] constexpr std::string_view textOf(const Text auto& value) {
    using V = std::remove_cvref_t<decltype(value)>;
    if constexpr (TextByTrait<V>) {
        return AttributeText<V>::view(value);
    } else if constexpr (std::same_as<V, char>) {
        return {&value, 1};
    } else if constexpr (std::is_pointer_v<V>) {
        return value == nullptr ? std::string_view() : std::string_view(value);
    } else {
        return value;
    }
}

// Whether a value is a whole number that std::int64_t does not hold.
[[nodiscard]] constexpr bool isBeyondInt64(const auto& value) noexcept {
    using V = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::unsigned_integral<V> && sizeof(V) >= sizeof(std::int64_t)) {
        return value > static_cast<V>((std::numeric_limits<std::int64_t>::max)());
    } else {
        return false;
    }
}

}

/// What an attribute can be set to: text (a string, a view, a literal), any integer, floating-point number or
/// bool; an array of these (a std::vector, std::array, std::span, a list in braces); or a callable that
/// returns any of these and is called only if the span is recorded. Integers are stored as std::int64_t; one
/// that does not fit is stored as decimal text. A `char` is text of one character. For wider characters give
/// UTF-8 text.
template <class V>
concept AttributeInput = detail::PlainAttributeValue<V> || detail::LazyAttributeValue<V>;

namespace detail {

/// Does not compile for what cannot be an attribute's value, and says what to write.
template <class V>
constexpr void refuseAttribute() noexcept {
    static_assert(
        AttributeInput<V>,
        "an attribute's value is text, a number, a bool, an array of one of these or a callable that "
        "gives one (AttributeInput): copy the elements of another container into a std::vector, "
        "specialise sidespan::AttributeText for a type of your own");
}

}

/// A key and a value, for `event("retry", attr("attempt", 3))`. Refers to both; use it in the call that makes
/// it.
template <class V>
struct AttributeArgument {
    Literal key;
    const V& value;
};

template <AttributeInput V>
[[nodiscard]] constexpr AttributeArgument<V> attr(Literal key, const V& value) noexcept {
    return {key, value};
}
/// An array: `attr("peaks", {0.5, 0.25})`.
template <detail::ScalarValue V>
[[nodiscard]] constexpr AttributeArgument<std::initializer_list<V>> attr(
    Literal key, const std::initializer_list<V>& values) noexcept {
    return {key, values};
}
template <class V>
requires(!AttributeInput<V>) constexpr AttributeArgument<V> attr(Literal key, const V& value) noexcept {
    detail::refuseAttribute<V>();
    return {key, value};
}

}
