// A backend on opentelemetry-cpp: continues the trace that a header names, and exports its span over
// OTLP/HTTP.
//
//   opentelemetry_cpp_client <url> <protobuf|json> <traceparent>

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <opentelemetry/context/propagation/text_map_propagator.h>
#include <opentelemetry/context/runtime_context.h>
#include <opentelemetry/exporters/otlp/otlp_http_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_http_exporter_options.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/simple_processor_factory.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/trace/propagation/http_trace_context.h>

namespace otel = opentelemetry;
namespace otlp = opentelemetry::exporter::otlp;

namespace {

class Headers final : public otel::context::propagation::TextMapCarrier {
public:
    explicit Headers(std::string traceParent) : traceParent_(std::move(traceParent)) {}

    otel::nostd::string_view Get(otel::nostd::string_view key) const noexcept override {
        return key == "traceparent" ? otel::nostd::string_view(traceParent_) : otel::nostd::string_view();
    }
    void Set(otel::nostd::string_view, otel::nostd::string_view) noexcept override {}

private:
    std::string traceParent_;
};

}

int main(int count, char** words) {
    if (count != 4) return 2;
    otlp::OtlpHttpExporterOptions options;
    options.url = words[1];
    options.content_type = std::string_view(words[2]) == "json" ? otlp::HttpRequestContentType::kJson
                                                                : otlp::HttpRequestContentType::kBinary;
    auto provider = otel::sdk::trace::TracerProvider(
        otel::sdk::trace::SimpleSpanProcessorFactory::Create(otlp::OtlpHttpExporterFactory::Create(options)),
        otel::sdk::resource::Resource::Create({{"service.name", "backend-cpp"}}));

    const Headers headers(words[3]);
    auto here = otel::context::RuntimeContext::GetCurrent();
    otel::trace::StartSpanOptions start;
    start.parent = otel::trace::propagation::HttpTraceContext().Extract(headers, here);
    start.kind = otel::trace::SpanKind::kServer;
    const auto tracer = provider.GetTracer("peers", "1");
    const auto span = tracer->StartSpan(
        "POST /loops", {{"http.route", "/loops"}, {"http.response.status_code", 201}}, start);
    const double peaks[] = {0.5, 0.25};
    span->SetAttribute("peaks", otel::nostd::span<const double>(peaks));
    span->AddEvent("stored", {{"bytes", 4096}});
    span->SetStatus(otel::trace::StatusCode::kError, "disk full");
    span->End();
    return provider.ForceFlush() ? 0 : 1;
}
