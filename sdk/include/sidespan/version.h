#pragma once

#include <string_view>

/// The version of these headers, and the one place where it is written: CMake reads it here. The inline
/// namespace carries the major version, so two majors can be linked into one process without their symbols
/// meeting.
#define SIDESPAN_VERSION_MAJOR 0
#define SIDESPAN_VERSION_MINOR 1
#define SIDESPAN_VERSION_PATCH 0

namespace sidespan::inline v0 {

/// The SDK's version, "major.minor.patch".
#define SIDESPAN_TEXT(number) #number
#define SIDESPAN_VERSION_TEXT(major, minor, patch) \
    SIDESPAN_TEXT(major) "." SIDESPAN_TEXT(minor) "." SIDESPAN_TEXT(patch)
inline constexpr std::string_view version =
    SIDESPAN_VERSION_TEXT(SIDESPAN_VERSION_MAJOR, SIDESPAN_VERSION_MINOR, SIDESPAN_VERSION_PATCH);
#undef SIDESPAN_VERSION_TEXT
#undef SIDESPAN_TEXT

}
