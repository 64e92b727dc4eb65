#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sidespan/resource.h>

namespace sidespan::inline v0::detail {

/// The instrumentation scope of everything that Sidespan records.
inline constexpr std::string_view scopeName = "sidespan";

struct ResourceAttribute {
    std::string_view key;
    std::string value;  ///< valid UTF-8
};

/// A resource by the names of OpenTelemetry's semantic conventions. Allocates.
[[nodiscard]] std::vector<ResourceAttribute> resourceAttributes(const Resource& resource);

}
