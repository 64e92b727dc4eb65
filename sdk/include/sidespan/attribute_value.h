#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <sidespan/attribute_array.h>
#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// An attribute's value as a sink sees it: text stays where the batch holds it.
using AttributeValueView = std::variant<std::string_view, std::int64_t, double, bool, AttributeArrayView>;

/// An attribute's value that owns its text: one of the four types of an OpenTelemetry attribute, or an array
/// of one of them. Made from anything that is one of them, and compared with them:
/// `span.attributes["codec"] == "flac"`. An empty array counts as an array of texts.
/// A value equals another only when type and content are the same: 128 is not "128".
class AttributeValue {
public:
    AttributeValue() noexcept;
    AttributeValue(const AttributeValue&);
    AttributeValue(AttributeValue&&) noexcept;
    AttributeValue& operator=(const AttributeValue&);
    AttributeValue& operator=(AttributeValue&&) noexcept;
    ~AttributeValue();
    AttributeValue(std::string text) : value_(std::move(text)) {}
    AttributeValue(std::string_view text) : value_(std::string(text)) {}
    AttributeValue(const char* text) : value_(std::string(text)) {}
    template <std::same_as<bool> B>
    AttributeValue(B value) : value_(value) {}
    /// One that is larger than std::int64_t holds becomes decimal text, and a `char` text of one character.
    template <std::integral Integer>
    requires(!std::same_as<Integer, bool>) AttributeValue(Integer value)
        : value_(static_cast<std::int64_t>(value)) {
        if constexpr (std::same_as<Integer, char>) {
            value_ = std::string(1, value);
        } else if constexpr (std::unsigned_integral<Integer> && sizeof(Integer) >= sizeof(std::int64_t)) {
            if (value > std::uint64_t{(std::numeric_limits<std::int64_t>::max)()})
                value_ = std::to_string(value);
        }
    }
    template <std::floating_point F>
    AttributeValue(F value) : value_(static_cast<double>(value)) {}
    /// An array. Its elements are text, integers, floating-point numbers or bools.
    template <class T>
    requires(std::is_arithmetic_v<T> || std::convertible_to<const T&, std::string_view>)
        AttributeValue(const std::vector<T>& values)
        : value_(contentOf(values)) {}
    explicit AttributeValue(const AttributeArrayView& array);
    explicit AttributeValue(const AttributeValueView& view) {
        std::visit([this](auto value) { *this = AttributeValue(value); }, view);
    }

    [[nodiscard]] bool isString() const noexcept { return std::holds_alternative<std::string>(value_); }
    [[nodiscard]] const std::string* asString() const noexcept { return std::get_if<std::string>(&value_); }
    [[nodiscard]] const std::int64_t* asInt() const noexcept { return std::get_if<std::int64_t>(&value_); }
    [[nodiscard]] const double* asDouble() const noexcept { return std::get_if<double>(&value_); }
    [[nodiscard]] const bool* asBool() const noexcept { return std::get_if<bool>(&value_); }

    [[nodiscard]] bool isArray() const noexcept { return value_.index() > 3; }
    [[nodiscard]] const std::vector<std::string>* asStrings() const noexcept {
        return std::get_if<std::vector<std::string>>(&value_);
    }
    [[nodiscard]] const std::vector<std::int64_t>* asInts() const noexcept {
        return std::get_if<std::vector<std::int64_t>>(&value_);
    }
    [[nodiscard]] const std::vector<double>* asDoubles() const noexcept {
        return std::get_if<std::vector<double>>(&value_);
    }
    [[nodiscard]] const std::vector<bool>* asBools() const noexcept {
        return std::get_if<std::vector<bool>>(&value_);
    }

    /// Calls `visitor` with a std::string, std::int64_t, double or bool, or with a std::vector of one of
    /// them.
    template <class Visitor>
    decltype(auto) visit(Visitor&& visitor) const {
        return std::visit(std::forward<Visitor>(visitor), value_);
    }

    friend bool operator==(const AttributeValue& a, const AttributeValue& b) { return a.isSameAs(b); }
    friend bool operator==(const AttributeValue& a, std::string_view b) {
        return a.isString() && *a.asString() == b;
    }
    friend bool operator==(const AttributeValue& a, const char* b) { return a == std::string_view(b); }
    friend bool operator==(const AttributeValue& a, const std::string& b) { return a == std::string_view(b); }

private:
    using Content = std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>,
                                 std::vector<std::int64_t>, std::vector<double>, std::vector<bool>>;

    template <class T>
    [[nodiscard]] static Content contentOf(const std::vector<T>& values) {
        using Element = std::conditional_t<
            std::is_same_v<T, bool>, bool,
            std::conditional_t<std::is_floating_point_v<T>, double,
                               std::conditional_t<std::is_integral_v<T>, std::int64_t, std::string>>>;
        if (values.empty()) return std::vector<std::string>();
        return std::vector<Element>(values.begin(), values.end());
    }
    [[nodiscard]] static Content contentOf(const AttributeArrayView& array);
    [[nodiscard]] bool isSameAs(const AttributeValue& other) const;

    Content value_;
};

/// Attributes by key, in key order.
using Attributes = std::map<std::string, AttributeValue, std::less<>>;

/// The value as text: strings as they are, numbers such that they read back exactly, `true` or
/// `false`; an array as "[a, b]".
[[nodiscard]] std::string toString(const AttributeValue& value);

}
