// What the collector does with a request's body, up to the rows that it stores: the same 512 spans in each
// format; time is per batch.
#include <cstdint>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>
#include <sidespan/native_json/native_json.h>
#include <sidespan/otlp/otlp_json.h>
#include <sidespan/otlp/otlp_protobuf.h>

#include "ingest/batch_parser.h"
#include "ingest/otlp_batch.h"
#include "support/bench_main.h"
#include "support/recorded_batch.h"

namespace sidespan::bench {
namespace {

using Attributes = RecordedBatch::Attributes;

template <SpanEncoding Encoding>
std::string bodyOf(Attributes attributes) {
    const RecordedBatch batch(attributes);
    Encoding encoding;
    TextBuffer out;
    encoding.open(out, batch.resource());
    for (const auto span : batch.view()) encoding.append(out, span);
    encoding.close(out);
    return std::string(out.view());
}

template <class Parse>
void decode(benchmark::State& state, const std::string& body, Parse&& parse) {
    const collector::Limits limits;
    for (auto _ : state) {
        const auto batch = parse(body, limits);
        if (batch.rows.size() != RecordedBatch::size || batch.rejected != 0)
            state.SkipWithError("a span was not taken");
        benchmark::DoNotOptimize(batch.rows.data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(RecordedBatch::size));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}

template <SpanEncoding Encoding, class Parse>
void add(const char* name, Parse parse) {
    for (const auto attributes : {Attributes::twoStrings, Attributes::intAndDouble}) {
        const std::string full = std::string(name) + (attributes == Attributes::twoStrings ? "" : "/numbers");
        benchmark::RegisterBenchmark(full.c_str(), [=](benchmark::State& state) {
            decode(state, bodyOf<Encoding>(attributes), parse);
        });
    }
}

void registerAll() {
    using collector::OtlpForm;
    add<NativeJson>("DecodeNative", [](std::string_view body, const collector::Limits& limits) {
        return collector::parseBatch(body, limits);
    });
    add<OtlpProtobuf>("DecodeOtlp", [](std::string_view body, const collector::Limits& limits) {
        return collector::parseOtlp(body, OtlpForm::protobuf, limits);
    });
    add<OtlpJson>("DecodeOtlpJson", [](std::string_view body, const collector::Limits& limits) {
        return collector::parseOtlp(body, OtlpForm::json, limits);
    });
}

}
}

int main(int argc, char** argv) {
    sidespan::bench::registerAll();
    return sidespan::bench::benchMain(argc, argv);
}
