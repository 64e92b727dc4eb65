#pragma once

#include <sidespan_http_server/server_response.h>

namespace sidespan::collector {

/// A page, with a policy that lets the browser run its own script and style, talk to this server, and nothing
/// else: one trace after the other, or all clients together.
[[nodiscard]] http_server::ServerResponse tracesPage();
[[nodiscard]] http_server::ServerResponse fleetPage();

}
