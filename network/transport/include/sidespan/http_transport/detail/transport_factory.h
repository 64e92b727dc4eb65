#pragma once

#include <memory>

#include <sidespan/http_transport/http_transport.h>

namespace sidespan::inline v0::detail {

/// Makes the transport that SIDESPAN_HTTP_TRANSPORT names; the linked one defines it.
[[nodiscard]] std::unique_ptr<HttpTransport> makeTransport(HttpTransportOptions options);

}
