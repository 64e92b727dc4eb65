#pragma once

#include <sidespan_http_server/server_response.h>

namespace sidespan::collector {

/// A page, with a policy that allows only its own script and style, and requests to this server. One page
/// shows traces, the other all clients together.
[[nodiscard]] http_server::ServerResponse tracesPage();
[[nodiscard]] http_server::ServerResponse fleetPage();

}
