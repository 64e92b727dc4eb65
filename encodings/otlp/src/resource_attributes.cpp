#include "resource_attributes.h"

#include <sidespan/encoding/utf8.h>
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

}

std::vector<ResourceAttribute> resourceAttributes(const Resource& resource) {
    const auto& [name, serviceVersion] = resource.service;
    std::vector<ResourceAttribute> attributes;
    const auto add = [&](std::string_view key, std::string_view value) {
        if (!value.empty()) attributes.push_back({key, toValidUtf8(value)});
    };
    add("service.name", name.empty() ? "unknown_service" : std::string_view(name));
    add("service.version", serviceVersion);
    add("telemetry.sdk.name", scopeName);
    add("telemetry.sdk.language", "cpp");
    add("telemetry.sdk.version", version);
    add("os.type", osType);
    add("host.arch", hostArch);
    add("sidespan.client.type", toString(resource.clientType));
    return attributes;
}

}
