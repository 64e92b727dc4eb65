#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <sidespan/network/network_client.h>

namespace sidespan::inline v0 {

// Alone in its file, so that only programs that call it pull in Boost.JSON.
void NetworkClient::sendTelemetrySpans(const boost::json::array& spans, const Callback& callback) {
    post("/api/v1/telemetry/spans", boost::json::serialize(spans), {{"Content-Type", "application/json"}},
         callback);
}

}
