#include "store/search_text.h"

#include <boost/json/serialize.hpp>

namespace sidespan::collector {

namespace {

std::string escapeLike(std::string_view text) {
    std::string escaped;
    for (char c : text) {
        if (c == '%' || c == '_' || c == '\\') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

}

std::string patternFor(std::string_view text) {
    return text.empty() ? std::string() : "%" + escapeLike(text) + "%";
}

std::string inJson(std::string_view text) {
    const auto quoted = boost::json::serialize(boost::json::string_view(text.data(), text.size()));
    return quoted.substr(1, quoted.size() - 2);
}

std::string idPattern(std::string_view text) {
    const bool isHex = !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
    std::string pattern;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (isHex && (i == 8 || i == 12 || i == 16 || i == 20)) pattern += '-';
        pattern += text[i];
    }
    return escapeLike(pattern) + "%";
}

}
