#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// The parts as one text. Where `+` would do, it is code for every part in every place.
[[nodiscard]] std::string join(std::initializer_list<std::string_view> parts);

}
