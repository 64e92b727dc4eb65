// opentelemetry-cpp with its batch processor and an exporter that throws everything away.
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>
#include <opentelemetry/sdk/trace/batch_span_processor.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/exporter.h>
#include <opentelemetry/sdk/trace/span_data.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/sdk/version/version.h>
#include <opentelemetry/trace/tracer.h>

#include "peers.h"
#include "support/recording_loop.h"

namespace sidespan::bench {
namespace {

namespace otel = opentelemetry;
namespace otel_sdk = opentelemetry::sdk::trace;

class DiscardingExporter final : public otel_sdk::SpanExporter {
public:
    explicit DiscardingExporter(std::size_t& exported) : exported_(exported) {}

    std::unique_ptr<otel_sdk::Recordable> MakeRecordable() noexcept override {
        return std::make_unique<otel_sdk::SpanData>();
    }
    otel::sdk::common::ExportResult Export(
        const otel::nostd::span<std::unique_ptr<otel_sdk::Recordable>>& spans) noexcept override {
        exported_ += spans.size();
        return otel::sdk::common::ExportResult::kSuccess;
    }
    bool ForceFlush(std::chrono::microseconds) noexcept override { return true; }
    bool Shutdown(std::chrono::microseconds) noexcept override { return true; }

private:
    std::size_t& exported_;
};

void openTelemetry(benchmark::State& state, bool hasEvent) {
    std::size_t exported = 0;
    otel_sdk::BatchSpanProcessorOptions options;
    options.max_queue_size = 2 * chunkSpans;
    otel_sdk::TracerProvider provider(std::make_unique<otel_sdk::BatchSpanProcessor>(
        std::make_unique<DiscardingExporter>(exported), options));
    const auto tracer = provider.GetTracer("sidespan-bench");
    const Texts texts;
    const auto record = [&] {
        auto span = tracer->StartSpan("audio.upload");
        span->SetAttribute("file.name", otel::nostd::string_view(texts.file));
        span->SetAttribute("codec", otel::nostd::string_view(texts.codec));
        if (hasEvent) span->AddEvent("encoding_started");
        span->End();
    };
    recordInChunks(state, chunkSpans, record, [&] { provider.ForceFlush(); });
    if (exported != static_cast<std::size_t>(state.iterations())) state.SkipWithError("spans are missing");
}

}

std::string registerOpenTelemetry() {
    benchmark::RegisterBenchmark("OpenTelemetryCpp/attrs:2", openTelemetry, false);
    benchmark::RegisterBenchmark("OpenTelemetryCpp/attrs:2/events:1", openTelemetry, true);
    return OPENTELEMETRY_SDK_VERSION;
}

}
