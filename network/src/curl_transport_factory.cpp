#include <sidespan/detail/compiler.h>
#include <sidespan/http_transport/detail/transport_factory.h>

#include <utility>

#include <sidespan/http_curl/curl_transport.h>

namespace sidespan::inline v0::detail {

SIDESPAN_COLD std::unique_ptr<HttpTransport> makeTransport(HttpTransportOptions options) {
    return std::make_unique<CurlTransport>(std::move(options));
}

}
