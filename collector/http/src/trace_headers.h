#pragma once

#include <sidespan/propagation/extract.h>
#include <boost/beast/http/fields.hpp>

namespace sidespan::http_server {

/// What a request's head says of the trace it belongs to. Its trace id is not valid when it says nothing.
[[nodiscard]] RemoteContext readTraceHeaders(const boost::beast::http::fields& fields);

}
