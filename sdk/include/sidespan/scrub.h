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

/// Decides about an attribute of a span, an event or a link. A span's status message has the key
/// "status.message", a name chosen at run time the key "span.name"; a name that is to be removed is
/// masked.
/// [drain thread] may block and allocate, but spans wait for it. If it throws, the attribute is removed.
/// Views end with the call.
using ScrubHook = std::function<Scrub(std::string_view key, const AttributeValueView& value)>;

}
