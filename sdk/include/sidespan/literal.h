#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <sidespan/detail/compiler.h>
#include <sidespan/version.h>

namespace sidespan::inline v0 {

namespace detail {
// Not constexpr: a literal that breaks the rule calls it while compiling, and the compiler prints its name.
// It is defined because clang before 17 calls the constructor at run time for globals and default member
// initializers.
inline void sidespanNameMustBePrintableAsciiWithoutQuoteOrBackslash() noexcept SIDESPAN_NONBLOCKING {}

// Stands in the name of the constructor, which compilers print when its argument is no constant.
struct ALiteralOrAStaticConstexprArray;

template <class T>
concept ConstantArray = std::is_array_v<T> && std::is_const_v<std::remove_extent_t<T>>;
}

#define SIDESPAN_LITERAL_WORDS                                                                      \
    "a name or key must be a string literal: text that varies belongs in a value, and a choice is " \
    "written condition ? Literal(\"a\") : Literal(\"b\")"

/// A span name, attribute key or event name: a string literal checked while compiling.
///
/// 1 to 255 printable ASCII characters without `"` and `\`, so it can be written into JSON as it is, and
/// stored by pointer: the recorder never copies it. Text that varies belongs in an attribute's value.
class Literal {
public:
    template <std::size_t N, class = detail::ALiteralOrAStaticConstexprArray>
    consteval Literal(const char (&text)[N]) noexcept SIDESPAN_NONBLOCKING
        SIDESPAN_REFUSE_UNLESS(SIDESPAN_IS_KNOWN(text[0]), SIDESPAN_LITERAL_WORDS)
        : text_(text), size_(static_cast<std::uint8_t>(N - 1)) {
        static_assert(N > 1, "a span name, attribute key or event name must not be empty");
        static_assert(N <= 256, "a span name, attribute key or event name has at most 255 characters");
        for (std::size_t i = 0; i + 1 < N; ++i) {
            const char c = text[i];
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                detail::sidespanNameMustBePrintableAsciiWithoutQuoteOrBackslash();
                text_ = "?";  // at run time only
                size_ = 1;
                return;
            }
        }
    }

    /// Text that is known only at run time does not compile, and the message says what to write.
    template <std::convertible_to<std::string_view> Text>
    requires(!detail::ConstantArray<std::remove_reference_t<Text>>) Literal(Text&&)
    noexcept : text_(nullptr), size_(0) {
        static_assert(!std::convertible_to<Text, std::string_view>, SIDESPAN_LITERAL_WORDS);
    }

    [[nodiscard]] constexpr const char* data() const noexcept { return text_; }
    [[nodiscard]] constexpr std::uint8_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text_, size_}; }

private:
    const char* text_;
    std::uint8_t size_;
};

#undef SIDESPAN_LITERAL_WORDS

}
