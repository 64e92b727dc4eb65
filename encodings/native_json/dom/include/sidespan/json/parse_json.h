#pragma once

#include <cstddef>
#include <string_view>

#include <sidespan/version.h>
#include <boost/json/value.hpp>

/// Reading JSON text. Boost.JSON 1.81 rounds nearly a third of all doubles to a neighbour; here every double
/// comes back as it was written, and hostile text meets bounds.
namespace sidespan::inline v0 {

struct JsonLimits {
    std::size_t maxDepth = 32;                      ///< of nested arrays and objects
    std::size_t maxValues = std::size_t{1} << 22U;  ///< in the whole document, keys not counted
};

/// Reads one JSON document (RFC 8259) with nothing but white space around it. Integers that fit become int64
/// or uint64 values, other numbers doubles, an infinity when too large for one. In strings, U+FFFD takes the
/// place of bytes that are not UTF-8 and of `\ud800` to `\udfff` without the other half. On failure returns
/// null and sets `error`. Throws std::bad_alloc only.
[[nodiscard]] boost::json::value parseJson(std::string_view text, boost::system::error_code& error,
                                           const JsonLimits& limits = {});

/// The same, throwing std::invalid_argument that says what is wrong and at which byte.
[[nodiscard]] boost::json::value parseJson(std::string_view text, const JsonLimits& limits = {});

}
