#include <array>
#include <charconv>
#include <type_traits>

#include <sidespan/attribute_value.h>
#include <sidespan/detail/compiler.h>

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
template <class Number>
requires(std::is_same_v<Number, std::int64_t> || std::is_same_v<Number, double>) std::string
    textOf(Number number) {
    std::array<char, 32> digits{};
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    return {digits.data(), result.ptr};
}
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
