#pragma once

#include <string>

#include <sidespan/attribute_value.h>
#include <sidespan/client_type.h>

namespace sidespan::inline v0 {

/// The program that records, by its OpenTelemetry names: `service.name`, `service.version` and
/// `service.instance.id`.
struct Service {
    std::string name{};        ///< at most 255 bytes
    std::string version{};     ///< at most 32 bytes
    std::string instanceId{};  ///< at most 255 bytes; if empty, each recorder makes a random UUID

    friend bool operator==(const Service&, const Service&) = default;
};

/// Who recorded a batch: the same for all its spans. Encodings add `telemetry.sdk.*`, `os.type`, `os.version`
/// and `host.arch`.
struct Resource {
    Service service{};
    ClientType clientType = ClientType::plugin;
    Attributes attributes{};  ///< the program's own, `Config::resource`

    friend bool operator==(const Resource&, const Resource&) = default;
};

}
