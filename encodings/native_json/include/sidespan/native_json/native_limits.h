#pragma once

#include <cstddef>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// The limits of Span::fromJson: the widths of a server's columns, and bounds against hostile input. Spans
/// that the SDK records are well below the bounds, since a record holds at most 4 KiB.
struct NativeLimits {
    static constexpr std::size_t maxNameLength =
        255;  ///< of span and event names and attribute keys, in code points
    static constexpr std::size_t maxClientVersionLength = 32;  ///< in code points
    static constexpr std::size_t maxTextBytes =
        65'536;  ///< of an attribute's text, a status message or a trace state
    static constexpr std::size_t maxAttributes = 1024;  ///< of a span, an event or a link
    static constexpr std::size_t maxArraySize = 4096;   ///< elements of an array attribute
    static constexpr std::size_t maxEvents = 1024;
    static constexpr std::size_t maxLinks = 1024;
};

}
