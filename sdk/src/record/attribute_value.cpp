#include <array>
#include <charconv>

#include <sidespan/attribute_value.h>

namespace sidespan::inline v0 {

std::string toString(const AttributeValue& value) {
    return value.visit([](const auto& content) -> std::string {
        using Content = std::decay_t<decltype(content)>;
        if constexpr (std::is_same_v<Content, std::string>) {
            return content;
        } else if constexpr (std::is_same_v<Content, bool>) {
            return content ? "true" : "false";
        } else {
            std::array<char, 32> digits{};
            const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), content);
            return {digits.data(), result.ptr};
        }
    });
}

}
