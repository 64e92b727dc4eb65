// Encoding the same 512 spans by the direct writer and through a Boost.JSON DOM; time is per batch.
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>
#include <sidespan/attribute.h>
#include <sidespan/detail/item_writer.h>
#include <sidespan/json/native_json.h>
#include <sidespan/resource.h>
#include <sidespan/span.h>
#include <sidespan/span_batch.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace {

constexpr std::size_t batchSize = 512;

const sidespan::Resource resource{{"LoopShare", "1.2.0"}, sidespan::ClientType::plugin};

enum class Attributes { twoStrings, intAndDouble };

/// A batch of finished records, as the drain thread hands it to a sink.
class RecordedBatch {
public:
    static constexpr bool neverRefuses = true;

    explicit RecordedBatch(Attributes attributes) {
        std::mt19937_64 random(1);
        bytes_.reserve(batchSize * 256);
        for (std::size_t i = 0; i < batchSize; ++i) addSpan(attributes, i, random);
    }

    [[nodiscard]] sidespan::SpanBatch view() const { return {bytes_, batchSize, resource}; }

    // What detail::item_writer asks of the room it writes into.
    std::byte* reserve(std::size_t size) {
        const std::size_t at = bytes_.size();
        bytes_.resize(at + size);
        return bytes_.data() + at;
    }
    static std::size_t room() { return 0; }
    static std::uint32_t depth() { return 0; }
    static void refused(bool) {}

private:
    void addSpan(Attributes attributes, std::size_t i, std::mt19937_64& random) {
        namespace detail = sidespan::detail;
        const std::size_t at = bytes_.size();
        reserve(sizeof(detail::SpanItem));
        if (attributes == Attributes::twoStrings) {
            detail::item_writer::writeText(*this, "file.name", "my_loop.wav", 0);
            detail::item_writer::writeText(*this, "codec", "flac", 0);
        } else {
            detail::item_writer::writeAttribute(*this, "bytes",
                                                static_cast<std::int64_t>(random() % 1'000'000));
            detail::item_writer::writeAttribute(*this, "load",
                                                static_cast<double>(random() % 10'000) / 10'000);
        }
        constexpr std::string_view name = "audio.encode";
        const std::uint64_t start = 1'766'012'345'000'000'000 + i * 1'000'000 + random() % 1000;
        const detail::SpanItem item{
            .word = detail::ItemWord::make(detail::ItemType::span, 0, bytes_.size() - at, 1, name.size(),
                                           detail::withKind(0, sidespan::SpanKind::internal)),
            .name = name.data(),
            .start = start,
            .end = start + random() % 5'000'000,
            .spanId = random() | 1U,
            .parentId = random() | 1U,
            .traceHigh = random() | 1U,
            .traceLow = random()};
        detail::storeAt(bytes_.data() + at, item);
    }

    std::vector<std::byte> bytes_;
};

void report(benchmark::State& state, std::size_t bytes) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batchSize));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
    state.counters["bytes/span"] = static_cast<double>(bytes) / static_cast<double>(batchSize);
}

void encodeNative(benchmark::State& state, Attributes attributes) {
    const RecordedBatch batch(attributes);
    sidespan::NativeJson encoding;
    sidespan::TextBuffer out;
    for (auto _ : state) {
        out.clear();
        encoding.open(out, resource);
        for (const auto span : batch.view()) encoding.append(out, span);
        encoding.close(out);
        benchmark::DoNotOptimize(out.view().data());
        benchmark::ClobberMemory();
    }
    report(state, out.size());
}

// Only building and serialising are timed: the spans as plain data are there already.
void encodeBoostDom(benchmark::State& state, Attributes attributes) {
    const RecordedBatch batch(attributes);
    std::vector<sidespan::Span> spans;
    for (const auto span : batch.view()) spans.push_back(span.toSpan(resource));
    std::string out;
    for (auto _ : state) {
        boost::json::array array;
        array.reserve(spans.size());
        for (const auto& span : spans) array.push_back(span.toJson());
        out = boost::json::serialize(array);
        benchmark::DoNotOptimize(out.data());
    }
    report(state, out.size());
}

BENCHMARK_CAPTURE(encodeNative, , Attributes::twoStrings)->Name("EncodeNative");
BENCHMARK_CAPTURE(encodeBoostDom, , Attributes::twoStrings)->Name("EncodeBoostDom");
BENCHMARK_CAPTURE(encodeNative, , Attributes::intAndDouble)->Name("EncodeNative/numbers");
BENCHMARK_CAPTURE(encodeBoostDom, , Attributes::intAndDouble)->Name("EncodeBoostDom/numbers");

}

BENCHMARK_MAIN();
