#pragma once

#include <string>
#include <string_view>

namespace sidespan::collector::postgres {

/// JSON text that is valid, as PostgreSQL's `jsonb` takes it and gives it back with the same types: a double
/// without a fraction is written with one digit behind its point, as jsonb keeps no exponents. U+0000, which
/// PostgreSQL cannot store, becomes U+FFFD.
[[nodiscard]] std::string storedJson(std::string_view json);

/// Text as PostgreSQL takes it: valid UTF-8, with U+FFFD for U+0000 and for what is not UTF-8.
[[nodiscard]] std::string storedText(std::string_view text);

/// The same of a name: what an index can hold, its first 255 characters.
[[nodiscard]] std::string storedName(std::string_view name);

}
