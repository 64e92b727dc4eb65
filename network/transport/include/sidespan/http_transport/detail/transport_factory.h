#pragma once

#include <memory>

#include <sidespan/http_transport/http_transport.h>

namespace sidespan::inline v0::detail {

/// The transport SIDESPAN_HTTP_TRANSPORT names, made by the one that was linked.
[[nodiscard]] std::unique_ptr<HttpTransport> makeTransport(HttpTransportOptions options);

}
