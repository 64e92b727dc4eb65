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

/// Judges an attribute of a span, an event or a link; a span's status message comes under the key
/// "status.message", and a name that was copied at run time under "span.name", which cannot be removed: it is
/// masked.
/// [drain thread] may block and allocate, but spans wait for it. One that throws removes the attribute. Views
/// end with the call.
using ScrubHook = std::function<Scrub(std::string_view key, const AttributeValueView& value)>;

}
