#include "store/postgres/stored_json.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include <sidespan/encoding/utf8.h>

#include "ingest/text_repair.h"

namespace sidespan::collector::postgres {

namespace {

constexpr std::string_view nul = "\\u0000";
constexpr std::string_view replacementCharacter = "\xef\xbf\xbd";
constexpr std::string_view replacement = "\\ufffd";
constexpr std::string_view numberCharacters = "0123456789+-.eE";

bool beginsNumber(char c) {
    return c == '-' || (c >= '0' && c <= '9');
}

/// Behind the closing quote.
std::size_t endOfString(std::string_view json, std::size_t begin) {
    auto at = begin + 1;
    while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2U : 1U;
    return std::min(at + 1, json.size());
}

void appendString(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto length = text[at] == '\\' ? std::size_t{2} : std::size_t{1};
        if (text.substr(at).starts_with(nul)) {
            out += replacement;
            at += nul.size();
        } else {
            out += text.substr(at, length);
            at += length;
        }
    }
}

/// numeric keeps as many digits behind the point as are written beyond the exponent.
void appendNumber(std::string& out, std::string_view number) {
    const auto exponentAt = number.find_first_of("eE");
    if (exponentAt == number.npos) {
        out += number;
        return;
    }
    auto digits = number.substr(exponentAt + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    int exponent = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    const auto mantissa = number.substr(0, exponentAt);
    const auto point = mantissa.find('.');
    const auto fraction = point == mantissa.npos ? 0 : static_cast<int>(mantissa.size() - point) - 1;
    out += mantissa;
    if (fraction <= exponent) {
        if (point == mantissa.npos) out += '.';
        out.append(static_cast<std::size_t>(exponent - fraction + 1), '0');
    }
    out += number.substr(exponentAt);
}

}

std::string storedJson(std::string_view received) {
    std::string json;
    repairText(received, received.max_size(), [&](std::string_view piece) { json += piece; });
    std::string out;
    out.reserve(json.size());
    for (std::size_t at = 0; at < json.size();) {
        if (json[at] == '"') {
            const auto end = endOfString(json, at);
            appendString(out, std::string_view(json).substr(at, end - at));
            at = end;
        } else if (beginsNumber(json[at])) {
            const auto end = std::min(json.find_first_not_of(numberCharacters, at), json.size());
            appendNumber(out, std::string_view(json).substr(at, end - at));
            at = end;
        } else {
            out += json[at++];
        }
    }
    return out;
}

std::string storedText(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto sequence = utf8SequenceAt(text.substr(at));
        out += sequence.isValid && text[at] != '\0' ? text.substr(at, sequence.size) : replacementCharacter;
        at += sequence.size;
    }
    return out;
}

std::string storedName(std::string_view name) {
    constexpr std::size_t mostCharacters = 255;
    std::size_t size = 0;
    for (std::size_t i = 0; i < mostCharacters && size < name.size(); ++i)
        size += utf8SequenceAt(name.substr(size)).size;
    return storedText(name.substr(0, size));
}

}
