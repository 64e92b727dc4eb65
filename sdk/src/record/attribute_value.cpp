#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <type_traits>
#include <version>

#include <sidespan/attribute_value.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/set_point.h>

namespace sidespan::inline v0 {
namespace {

template <class T>
std::vector<T> copyOf(const AttributeArrayView& array) {
    std::vector<T> values;
    values.reserve(array.size());
    array.forEach([&](auto element) {
        if constexpr (std::is_same_v<decltype(element), std::string_view>) {
            if constexpr (std::is_same_v<T, std::string>) values.emplace_back(element);
        } else if constexpr (std::is_same_v<decltype(element), T>) {
            values.push_back(element);
        }
    });
    return values;
}

std::string textOf(const std::string& text) {
    return text;
}
std::string textOf(bool value) {
    return value ? "true" : "false";
}
std::string textOf(std::int64_t number) {
    std::array<char, 32> digits{};  // std::to_chars() would add tables to each plugin
    std::snprintf(digits.data(), digits.size(), "%lld", static_cast<long long>(number));
    return digits.data();
}

#ifdef __cpp_lib_to_chars
std::string textOf(double number) {
    std::array<char, 32> digits{};
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    return {digits.data(), result.ptr};
}
#else  // libc++'s std::to_chars() of doubles needs a newer macOS than the SDK does
std::string textOf(double number) {
    constexpr int alwaysExact = std::numeric_limits<double>::max_digits10;
    std::array<char, 32> digits{};
    for (int precision = std::numeric_limits<double>::digits10; precision <= alwaysExact; ++precision) {
        std::snprintf(digits.data(), digits.size(), "%.*g", precision, number);
        if (std::strtod(digits.data(), nullptr) == number) break;
    }
    detail::setPoint(digits.data());
    return digits.data();
}
#endif

template <class T>
std::string textOf(const std::vector<T>& values) {
    std::string text = "[";
    for (const T& value : values) {
        if (text.size() > 1) text += ", ";
        text += textOf(value);
    }
    return text += "]";
}

}

// Not inline: otherwise their code would be repeated wherever attributes are copied.
AttributeValue::AttributeValue() noexcept = default;
AttributeValue::AttributeValue(const AttributeValue&) = default;
AttributeValue::AttributeValue(AttributeValue&&) noexcept = default;
AttributeValue& AttributeValue::operator=(const AttributeValue&) = default;
AttributeValue& AttributeValue::operator=(AttributeValue&&) noexcept = default;
AttributeValue::~AttributeValue() = default;

SIDESPAN_COLD bool AttributeValue::isSameAs(const AttributeValue& other) const {
    return value_ == other.value_;
}

AttributeValue::Content AttributeValue::contentOf(const AttributeArrayView& array) {
    using Type = AttributeArrayView::Type;
    if (array.type() == Type::integer) return contentOf(copyOf<std::int64_t>(array));
    if (array.type() == Type::real) return contentOf(copyOf<double>(array));
    if (array.type() == Type::boolean) return contentOf(copyOf<bool>(array));
    if (array.type() == Type::text) return contentOf(copyOf<std::string>(array));
    return {};
}

AttributeValue::AttributeValue(const AttributeArrayView& array) : value_(contentOf(array)) {}

SIDESPAN_COLD std::string toString(const AttributeValue& value) {
    return value.visit([](const auto& content) { return textOf(content); });
}

}
