#pragma once

#include <string>

#include <sidespan/client_type.h>

namespace sidespan::inline v0 {

/// The program that records, by its OpenTelemetry names: `service.name` and `service.version`.
struct Service {
    std::string name{};     ///< at most 255 bytes
    std::string version{};  ///< at most 32 bytes

    friend bool operator==(const Service&, const Service&) = default;
};

/// Who recorded a batch: the same for all its spans.
struct Resource {
    Service service{};
    ClientType clientType = ClientType::plugin;

    friend bool operator==(const Resource&, const Resource&) = default;
};

}
