#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <sidespan/attribute_value.h>
#include <sidespan/resource.h>

namespace sidespan::inline v0::detail {

/// The instrumentation scope of everything that Sidespan records.
inline constexpr std::string_view scopeName = "sidespan";

/// Calls `take` with each attribute of a resource, by the names of OpenTelemetry's semantic conventions, each
/// key once: first those of the SDK and this machine, then the program's own. Texts are passed on unchanged,
/// valid UTF-8 or not. Allocates.
void forEachResourceAttribute(const Resource& resource,
                              const std::function<void(std::string_view, const AttributeValue&)>& take);

/// Whether two resources are encoded in the same way. Numbers are compared by their bits, so NaN equals
/// itself. Allocates nothing.
[[nodiscard]] bool isSame(const Resource& a, const Resource& b) noexcept;

/// Copies a resource. Each encoder's own code for this would be larger. Allocates.
void copy(const Resource& from, Resource& to);

/// What `append` makes of an empty text: it is called with each element of an array, as a value of its own.
/// Empty for what is no array. Allocates.
[[nodiscard]] std::string listOf(const AttributeValue& array,
                                 void (*append)(std::string& list, const AttributeValue& element));

/// A value in JSON: text in quotes, and numbers that JSON lacks by name. Allocates.
[[nodiscard]] std::string jsonOf(const AttributeValue& value);

}
