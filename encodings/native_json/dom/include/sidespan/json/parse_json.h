#pragma once

#include <cstddef>
#include <string_view>

#include <sidespan/version.h>
#include <boost/json/value.hpp>

/// Parses JSON text with Boost.JSON, with two differences: every double comes back exactly as it was written
/// (Boost.JSON 1.81 rounds nearly a third of them to a neighbour), and limits guard against hostile text.
namespace sidespan::inline v0 {

struct JsonLimits {
    std::size_t maxDepth = 32;                      ///< of nested arrays and objects
    std::size_t maxValues = std::size_t{1} << 22U;  ///< in the whole document, keys not counted
};

/// Reads one JSON document (RFC 8259) with nothing but white space around it. Integers become int64 or uint64
/// values if they fit; other numbers become doubles, or an infinity if they are too large. In strings, U+FFFD
/// replaces bytes that are not UTF-8, and halves of surrogate pairs (U+D800 to U+DFFF). On failure returns
/// null and sets `error`. Throws only std::bad_alloc.
[[nodiscard]] boost::json::value parseJson(std::string_view text, boost::system::error_code& error,
                                           const JsonLimits& limits = {});

/// The same, throwing std::invalid_argument that says what is wrong and at which byte.
[[nodiscard]] boost::json::value parseJson(std::string_view text, const JsonLimits& limits = {});

}
