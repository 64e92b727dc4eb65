#include <sidespan/json/parse_double.h>

#include <charconv>
#include <version>

#ifndef __cpp_lib_to_chars
#include <locale>
#include <sstream>
#include <string>
#endif

namespace sidespan::inline v0 {
namespace {

#ifdef __cpp_lib_to_chars
bool read(std::string_view text, double& number) {
    const auto* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    return result.ec == std::errc() && result.ptr == end;
}
#else
// libc++ has std::from_chars() for a double since its release 20.
bool read(std::string_view text, double& number) {
    std::istringstream stream{std::string(text)};
    stream.imbue(std::locale::classic());
    stream >> number;
    const bool isWhole = stream.eof();
    // A subnormal number is read correctly, and sets failbit nevertheless.
    const bool isSubnormal = number != 0 && number > -1 && number < 1;
    return isWhole && (!stream.fail() || isSubnormal);
}
#endif

}

std::optional<double> parseDouble(std::string_view text) {
    // No other spelling: "inf", "0x10", "+1" or " 1".
    const bool isDecimal = !text.empty() && text.front() != '+' &&
                           text.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
    double number = 0;
    if (!isDecimal || !read(text, number)) return std::nullopt;
    return number;
}

}
