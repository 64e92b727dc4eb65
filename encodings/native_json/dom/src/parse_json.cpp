#include <sidespan/json/parse_double.h>
#include <sidespan/json/parse_json.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include <fmt/core.h>
#include <sidespan/encoding/utf8.h>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <boost/json/value_stack.hpp>

namespace sidespan::inline v0 {
namespace {

namespace bj = boost::json;
using boost::system::error_code;

// Builds the value that the parser reads (Boost.JSON, "basic_parser", handler requirements). The document is
// parsed in one call, so numbers come whole, and only strings with escapes come in parts.
class Builder {
public:
    static constexpr std::size_t max_object_size = bj::object::max_size();
    static constexpr std::size_t max_array_size = bj::array::max_size();
    static constexpr std::size_t max_key_size = bj::string::max_size();
    static constexpr std::size_t max_string_size = bj::string::max_size();

    explicit Builder(std::size_t maxValues) : valuesLeft_(maxValues) { stack_.reset(); }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code& error) { return count(error); }
    bool on_object_end(std::size_t size, error_code&) { return stack_.push_object(size), true; }
    bool on_array_begin(error_code& error) { return count(error); }
    bool on_array_end(std::size_t size, error_code&) { return stack_.push_array(size), true; }
    bool on_key_part(bj::string_view part, std::size_t, error_code&) { return stack_.push_chars(part), true; }
    bool on_key(bj::string_view part, std::size_t, error_code&) { return stack_.push_key(part), true; }
    bool on_string_part(bj::string_view part, std::size_t, error_code&) {
        return stack_.push_chars(part), true;
    }
    bool on_string(bj::string_view part, std::size_t, error_code& error) {
        stack_.push_string(part);
        return count(error);
    }
    bool on_number_part(bj::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t value, bj::string_view, error_code& error) {
        stack_.push_int64(value);
        return count(error);
    }
    bool on_uint64(std::uint64_t value, bj::string_view, error_code& error) {
        stack_.push_uint64(value);
        return count(error);
    }
    bool on_double(double rough, bj::string_view text, error_code& error) {
        stack_.push_double(parseDouble({text.data(), text.size()}).value_or(rough));
        return count(error);
    }
    bool on_bool(bool value, error_code& error) {
        stack_.push_bool(value);
        return count(error);
    }
    bool on_null(error_code& error) {
        stack_.push_null();
        return count(error);
    }
    bool on_comment_part(bj::string_view, error_code&) { return true; }
    bool on_comment(bj::string_view, error_code&) { return true; }

    bj::value release() { return stack_.release(); }

private:
    bool count(error_code& error) {
        if (valuesLeft_ == 0) {
            error = bj::error::array_too_large;
            return false;
        }
        --valuesLeft_;
        return true;
    }

    bj::value_stack stack_;
    std::size_t valuesLeft_;
};

struct Parsed {
    bj::value value;
    std::size_t at;  // the byte of the error
};

Parsed parseWhole(std::string_view text, error_code& error, const JsonLimits& limits) {
    bj::parse_options options;
    options.max_depth = limits.maxDepth;
    bj::basic_parser<Builder> parser(options, limits.maxValues);
    std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (!error && used != text.size()) error = bj::error::extra_data;
    if (error) return {nullptr, used};
    return {parser.handler().release(), used};
}

// The number of the \uXXXX at `at`; nothing if there is none.
std::optional<unsigned> codeUnitAt(std::string_view text, std::size_t at) {
    if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
    unsigned unit = 0;
    const char* const end = text.data() + at + 6;
    if (std::from_chars(text.data() + at + 2, end, unit, 16).ptr != end) return std::nullopt;
    return unit;
}

bool isLeading(unsigned unit) {
    return unit >= 0xd800 && unit < 0xdc00;
}
bool isTrailing(unsigned unit) {
    return unit >= 0xdc00 && unit < 0xe000;
}

// Replaces each surrogate that is not half of a pair with \ufffd.
void repairSurrogates(std::string& text) {
    for (std::size_t at = text.find('\\'); at < text.size(); at = text.find('\\', at)) {
        const auto unit = codeUnitAt(text, at);
        if (!unit) {
            at += 2;
            continue;
        }
        const auto next = isLeading(*unit) ? codeUnitAt(text, at + 6) : std::nullopt;
        const bool isPair = next && isTrailing(*next);
        if (!isPair && (isLeading(*unit) || isTrailing(*unit))) text.replace(at, 6, "\\ufffd");
        at += isPair ? 12 : 6;
    }
}

bool mayBeOfText(const error_code& error) {
    return error == bj::error::syntax || error == bj::error::illegal_leading_surrogate ||
           error == bj::error::illegal_trailing_surrogate || error == bj::error::expected_utf16_escape;
}

// Strings that are not Unicode do not make a document unreadable: if parsing fails, they are repaired and the
// document is parsed again.
Parsed parseRepaired(std::string_view text, error_code& error, const JsonLimits& limits) {
    Parsed parsed = parseWhole(text, error, limits);
    if (!mayBeOfText(error)) return parsed;
    std::string repaired = toValidUtf8(text);
    repairSurrogates(repaired);
    if (repaired == text) return parsed;
    error = {};
    return parseWhole(repaired, error, limits);
}

}

bj::value parseJson(std::string_view text, error_code& error, const JsonLimits& limits) {
    return parseRepaired(text, error, limits).value;
}

bj::value parseJson(std::string_view text, const JsonLimits& limits) {
    error_code error;
    Parsed parsed = parseRepaired(text, error, limits);
    if (error)
        throw std::invalid_argument(fmt::format("not JSON: {} at byte {}", error.message(), parsed.at));
    return std::move(parsed.value);
}

}
