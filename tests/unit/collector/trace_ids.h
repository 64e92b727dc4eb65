#pragma once

#include <string_view>

namespace sidespan::collector::testing {

inline constexpr std::string_view traceA = "0af76519-16cd-43dd-8448-eb211c80319c";
inline constexpr std::string_view traceB = "7d444840-9dc0-41d1-b245-5ffdce74fad2";

}
