#pragma once

#include <string>
#include <vector>

#include "store/stored_client.h"

namespace sidespan::collector {

/// The answer to `GET /api/v1/clients`.
[[nodiscard]] std::string toJson(const std::vector<StoredClient>& clients);

}
