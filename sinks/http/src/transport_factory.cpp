#include <sidespan/detail/transport_factory.h>

#include <utility>

#include <sidespan/curl_transport.h>

namespace sidespan::inline v0::detail {

std::unique_ptr<HttpTransport> makeTransport(HttpTransportOptions options) {
    return std::make_unique<CurlTransport>(CurlTransport::Options{std::move(options), {}});
}

}
