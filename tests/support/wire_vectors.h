#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <sidespan/json/parse_json.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace sidespan::testing {

/// The vectors of docs/wire-format/vectors/ in a file of that name.
inline boost::json::array wireVectors(const std::string& name) {
    std::ifstream file(WIRE_VECTORS "/" + name);
    if (!file) throw std::runtime_error("there are no vectors " WIRE_VECTORS "/" + name);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return parseJson(text, {.maxDepth = 32, .maxValues = 100'000}).as_array();
}

/// Whether `value` has what `expected` has: an object at least those members, anything else just that.
inline bool holds(const boost::json::value& value, const boost::json::value& expected) {
    if (!expected.is_object()) return value == expected;
    if (!value.is_object()) return false;
    for (const auto& [key, part] : expected.get_object()) {
        const auto* const found = value.get_object().if_contains(key);
        if (found == nullptr || !holds(*found, part)) return false;
    }
    return true;
}

}
