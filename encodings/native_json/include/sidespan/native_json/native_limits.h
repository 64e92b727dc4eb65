#pragma once

#include <cstddef>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// What Span::fromJson takes at most: the widths of a server's columns, and bounds against hostile input.
/// What the SDK records stays well below the bounds, since a record holds at most 4 KiB.
struct NativeLimits {
    static constexpr std::size_t maxNameLength =
        255;  ///< of span and event names and attribute keys, in code points
    static constexpr std::size_t maxClientVersionLength = 32;  ///< in code points
    static constexpr std::size_t maxTextBytes = 65'536;        ///< of a text attribute or a status message
    static constexpr std::size_t maxAttributes = 1024;         ///< of a span or of an event
    static constexpr std::size_t maxArraySize = 4096;          ///< elements of an array attribute
    static constexpr std::size_t maxEvents = 1024;
    static constexpr std::size_t maxLinks = 1024;
};

}
