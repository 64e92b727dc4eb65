#include <chrono>
#include <new>
#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/load_summaries.h>
#include <sidespan/detail/record/item_writer.h>
#include <sidespan/detail/record/scratch.h>

namespace sidespan::inline v0::detail {
namespace {

// A change of consent begins a new interval, without what was measured before.
bool isDue(LaneBase& lane, ConsentEpoch epoch, const LaneTime& time) {
    const double interval = std::chrono::duration<double, std::nano>(lane.options.summaryInterval).count();
    if (interval <= 0) return false;
    if (std::exchange(lane.summaryEpoch, epoch) != epoch) {
        lane.summarizedAt = time.now;
        static_cast<void>(lane.loads.summarize());
    }
    // 0 if the clock was set back.
    const std::uint64_t ticks = time.now > lane.summarizedAt ? time.now - lane.summarizedAt : 0;
    return static_cast<double>(ticks) * time.nanosPerTick >= interval ||
           lane.isClosed.load(std::memory_order_acquire);
}

bool isSampled(const LaneBase& lane, std::uint64_t counter, const LaneTime& time) {
    if (lane.summarySampler == nullptr) return true;
    return lane.summarySampler->samplesRoot(*lane.summaryKeys, counter, [&] { return time.now; });
}

void writeAttributes(RecordScratch<>& scratch, const LoadHistogram::Summary& summary,
                     const LaneOptions& options) {
    item_writer::writeAttribute(scratch, "audio.load.blocks", summary.blocks);
    item_writer::writeAttribute(scratch, "audio.load.overruns", summary.overruns);
    item_writer::writeAttribute(scratch, "audio.load.p50", summary.p50);
    item_writer::writeAttribute(scratch, "audio.load.p95", summary.p95);
    item_writer::writeAttribute(scratch, "audio.load.p99", summary.p99);
    item_writer::writeAttribute(scratch, "audio.load.max", summary.max);
    item_writer::writeAttribute(scratch, "audio.sample_rate", options.sampleRate);
    if (options.maxBlockSamples != 0)
        item_writer::writeAttribute(scratch, "audio.block.max_samples",
                                    std::int64_t{options.maxBlockSamples});
}

}

SIDESPAN_COLD bool LoadSummaries::append(LaneBase& lane, ConsentEpoch epoch, const LaneTime& time,
                                         std::vector<std::byte>& records) noexcept try {
    if (!epoch.isValid() || !isDue(lane, epoch, time)) return false;
    constexpr std::size_t copiedBeyond = 8;  // copyItems() may write this far beyond the end
    records.reserve(records.size() + maxRecordBytes + copiedBeyond);
    const std::uint64_t start = std::exchange(lane.summarizedAt, time.now);
    const auto summary = lane.loads.summarize();
    if (summary.blocks == 0) return false;
    const std::uint64_t counter = nextCounter_++;
    if (!isSampled(lane, counter, time)) {
        lane.summariesNotSampled.fetch_add(1, std::memory_order_relaxed);
        return false;
    }

    RecordScratch<> scratch;
    scratch.open(true);
    writeAttributes(scratch, summary, lane.options);
    const std::size_t itemBytes = scratch.close();

    OpenRecord record;
    static_cast<SpanIdentity&>(record) = SpanIdentity::root(counter);
    record.name = loadSummaryName.data();
    record.nameLength = loadSummaryName.size();
    record.start = start;

    const std::size_t before = records.size();
    const std::size_t size = sizeof(SpanItem) + itemBytes;
    records.resize(before + size + copiedBeyond);
    record.writeHead(records.data() + before, time.now, itemBytes);
    storeAt(records.data() + before, wordAt(records.data() + before).atDepth(lane.number));
    scratch.copyItems(records.data() + before + sizeof(SpanItem), itemBytes);
    records.resize(before + size);
    return true;
} catch (const std::bad_alloc&) {
    return false;
}

}
