#pragma once

#include <sidespan_http_server/server_response.h>

namespace sidespan::collector {

/// The page, with a policy that lets the browser run its own script and style, talk to this server, and
/// nothing else.
[[nodiscard]] http_server::ServerResponse pageResponse();

}
