#pragma once

#include <memory>

#include <sidespan/http_transport.h>

namespace sidespan::inline v0::detail {

/// The transport this build was configured with.
[[nodiscard]] std::unique_ptr<HttpTransport> makeTransport(HttpTransportOptions options);

}
