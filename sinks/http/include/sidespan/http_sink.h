#pragma once

#include <sidespan/http_batch_sink.h>
#include <sidespan/json/native_json.h>
#include <sidespan/network_client.h>

namespace sidespan::inline v0 {

/// Posts spans as native JSON to `/api/v1/telemetry/spans` of the configured endpoint.
using HttpSink = HttpBatchSink<NetworkClient, NativeJson>;
static_assert(SinkPolicy<HttpSink>);

}
