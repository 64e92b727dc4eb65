#pragma once

#include <sidespan/native_json/native_json.h>
#include <sidespan/sink_http/http_batch_sink.h>

namespace sidespan::inline v0 {

/// Posts spans as native JSON to `/api/v1/telemetry/spans` of the configured endpoint.
using HttpSink = HttpBatchSink<NativeJson>;
static_assert(SinkPolicy<HttpSink>);

}
