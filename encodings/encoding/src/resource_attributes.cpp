#include <sidespan/detail/compiler.h>
#include <sidespan/encoding/detail/resource_attributes.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include <sidespan/detail/join.h>
#include <sidespan/detail/platform.h>
#include <sidespan/encoding/detail/json_digits.h>
#include <sidespan/encoding/detail/json_text.h>
#include <sidespan/version.h>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::string_view osType =
#if defined(_WIN32)
    "windows";
#elif defined(__APPLE__)
    "darwin";
#elif defined(__linux__)
    "linux";
#else
    "";
#endif

constexpr std::string_view hostArch =
#if defined(__x86_64__) || defined(_M_X64)
    "amd64";
#elif defined(__aarch64__) || defined(_M_ARM64)
    "arm64";
#elif defined(__i386__) || defined(_M_IX86)
    "x86";
#elif defined(__arm__)
    "arm32";
#else
        "";
#endif

bool areSameBits(double a, double b) noexcept {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool isSameValue(const AttributeValue& a, const AttributeValue& b) noexcept {
    if (a.asDouble() != nullptr && b.asDouble() != nullptr) return areSameBits(*a.asDouble(), *b.asDouble());
    if (a.asDoubles() != nullptr && b.asDoubles() != nullptr)
        return std::ranges::equal(*a.asDoubles(), *b.asDoubles(), areSameBits);
    return a == b;
}

}

SIDESPAN_COLD bool isSame(const Resource& a, const Resource& b) noexcept {
    const auto isSamePair = [](const auto& one, const auto& other) {
        return one.first == other.first && isSameValue(one.second, other.second);
    };
    return a.service == b.service && a.clientType == b.clientType &&
           std::ranges::equal(a.attributes, b.attributes, isSamePair);
}

SIDESPAN_COLD void copy(const Resource& from, Resource& to) {
    to = from;
}

SIDESPAN_COLD void forEachResourceAttribute(
    const Resource& resource, const std::function<void(std::string_view, const AttributeValue&)>& take) {
    const auto& [name, serviceVersion, instanceId] = resource.service;
    const auto& own = resource.attributes;
    const auto add = [&](std::string_view key, std::string_view value) {
        if (!value.empty() && own.find(key) == own.end()) take(key, value);
    };
    add("service.name", name.empty() ? "unknown_service" : std::string_view(name));
    add("service.version", serviceVersion);
    add("service.instance.id", instanceId);
    add("telemetry.sdk.name", scopeName);
    add("telemetry.sdk.language", "cpp");
    add("telemetry.sdk.version", version);
    add("os.type", osType);
    add("os.version", platform::osVersion());
    add("host.arch", hostArch);
    add("sidespan.client.type", toString(resource.clientType));
    for (const auto& [key, value] : own) take(key, value);
}

SIDESPAN_COLD std::string listOf(const AttributeValue& array,
                                 void (*append)(std::string& list, const AttributeValue& element)) {
    std::string list;
    const auto appendEach = [&](const auto* values) {
        if (values == nullptr) return;
        for (const auto& value : *values) append(list, AttributeValue(value));
    };
    appendEach(array.asStrings());
    appendEach(array.asInts());
    appendEach(array.asDoubles());
    if (const auto* flags = array.asBools()) {
        for (const bool flag : *flags) append(list, AttributeValue(flag));
    }
    return list;
}

SIDESPAN_COLD std::string jsonOf(const AttributeValue& value) {
    if (const auto* text = value.asString()) return join({"\"", escaped(*text), "\""});
    if (const auto* number = value.asDouble()) {
        std::string text(mostDoubleDigits, '\0');
        text.resize(static_cast<std::size_t>(writeDouble(text.data(), *number) - text.data()));
        return text;
    }
    if (!value.isArray()) return toString(value);
    const auto list = listOf(value, [](std::string& json, const AttributeValue& element) {
        json += join({json.empty() ? "" : ",", jsonOf(element)});
    });
    return join({"[", list, "]"});
}

}
