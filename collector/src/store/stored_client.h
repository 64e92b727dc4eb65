#pragma once

#include <cstdint>
#include <string>

namespace sidespan::collector {

/// What is stored of a client: one run of one http sink.
struct StoredClient {
    std::string instance;
    std::string installation;  ///< empty when none was told
    std::string clientType;
    std::string clientVersion;
    std::string serviceName;  ///< empty when none was told
    std::string userId;       ///< empty when nobody was signed in
    std::int64_t firstSeenUnixMs = 0;
    std::int64_t lastSeenUnixMs = 0;
    std::int64_t batches = 0;
    std::int64_t accepted = 0;   ///< spans stored
    std::int64_t lostTotal = 0;  ///< spans that it has lost before they could be sent, as it says
    std::string lost;            ///< the same by reason, a JSON object
};

}
