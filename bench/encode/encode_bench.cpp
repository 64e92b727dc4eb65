// Encoding the same 512 spans by the direct writers and through a Boost.JSON DOM; time is per batch.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <sidespan/native_json/native_json.h>
#include <sidespan/otlp/otlp_json.h>
#include <sidespan/otlp/otlp_protobuf.h>
#include <sidespan/span.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "support/allocation_count.h"
#include "support/bench_main.h"
#include "support/recorded_batch.h"

namespace sidespan::bench {
namespace {

using Attributes = RecordedBatch::Attributes;

void report(benchmark::State& state, std::size_t bytes, std::uint64_t allocated) {
    constexpr auto spans = static_cast<double>(RecordedBatch::size);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(RecordedBatch::size));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
    state.counters["bytes/span"] = static_cast<double>(bytes) / spans;
    if (isCounted)
        state.counters["allocations"] =
            benchmark::Counter(static_cast<double>(allocated) / spans, benchmark::Counter::kAvgIterations);
}

template <SpanEncoding Encoding>
void encodeDirectly(benchmark::State& state, Attributes attributes) {
    const RecordedBatch batch(attributes);
    Encoding encoding;
    TextBuffer out;
    const auto encode = [&] {
        out.clear();
        encoding.open(out, batch.resource());
        for (const auto span : batch.view()) encoding.append(out, span);
        encoding.close(out);
        benchmark::DoNotOptimize(out.view().data());
        benchmark::ClobberMemory();
    };
    encode();  // the buffer grows once and is kept, as a sink keeps it
    const std::uint64_t before = allocations();
    for (auto _ : state) encode();
    report(state, out.size(), allocations() - before);
}

// Only building and serialising are timed: the spans as plain data are there already.
void encodeBoostDom(benchmark::State& state, Attributes attributes) {
    const RecordedBatch batch(attributes);
    std::vector<Span> spans;
    for (const auto span : batch.view()) spans.push_back(span.toSpan(batch.resource()));
    std::string out;
    const std::uint64_t before = allocations();
    for (auto _ : state) {
        boost::json::array array;
        array.reserve(spans.size());
        for (const auto& span : spans) array.push_back(span.toJson());
        out = boost::json::serialize(array);
        benchmark::DoNotOptimize(out.data());
    }
    report(state, out.size(), allocations() - before);
}

void registerAll() {
    const auto add = [](const char* name, auto function) {
        const std::string numbers = std::string(name) + "/numbers";
        benchmark::RegisterBenchmark(name, function, Attributes::twoStrings);
        benchmark::RegisterBenchmark(numbers.c_str(), function, Attributes::intAndDouble);
    };
    add("EncodeNative", encodeDirectly<NativeJson>);
    add("EncodeOtlp", encodeDirectly<OtlpProtobuf>);
    add("EncodeOtlpJson", encodeDirectly<OtlpJson>);
    add("EncodeBoostDom", encodeBoostDom);
}

}
}

int main(int argc, char** argv) {
    sidespan::bench::registerAll();
    return sidespan::bench::benchMain(argc, argv);
}
