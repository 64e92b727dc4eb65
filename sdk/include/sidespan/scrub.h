#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <sidespan/attribute_value.h>

namespace sidespan::inline v0 {

/// What becomes of an attribute before any sink sees it.
enum class Scrub : std::uint8_t {
    keep,
    mask,    ///< the value becomes "***"
    remove,  ///< as if it had never been set
};

/// Decides about an attribute of a span, an event or a link. The key of a span's status message is
/// "status.message"; that of a name from run time is "span.name". A name cannot be removed: it is masked
/// instead.
/// [drain thread] It may block and allocate, but spans wait for it. If it throws, the attribute is removed.
/// Views are valid only during the call.
using ScrubHook = std::function<Scrub(std::string_view key, const AttributeValueView& value)>;

}
