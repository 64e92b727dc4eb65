#include <sidespan/http_transport/detail/transport_factory.h>

#include <utility>

#include <sidespan/http_winhttp/winhttp_transport.h>

namespace sidespan::inline v0::detail {

std::unique_ptr<HttpTransport> makeTransport(HttpTransportOptions options) {
    return std::make_unique<WinHttpTransport>(std::move(options));
}

}
