#pragma once

#include <string_view>

/// The version of these headers. The inline namespace carries the major version, so two majors can be linked
/// into one process without their symbols meeting.
#define SIDESPAN_VERSION_MAJOR 0
#define SIDESPAN_VERSION_MINOR 1
#define SIDESPAN_VERSION_PATCH 0

namespace sidespan::inline v0 {

/// The SDK's version, "major.minor.patch".
inline constexpr std::string_view version = "0.1.0";

}
