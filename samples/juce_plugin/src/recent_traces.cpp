#include "recent_traces.h"

#include <algorithm>

namespace loopshare {

using sidespan::SpanView;

namespace {

constexpr std::string_view blockName = "audio.block";
constexpr std::string_view loadName = "audio.load";
constexpr std::size_t maxBlockTraces = 4;
constexpr std::uint64_t blocksLastNanos = 60'000'000'000;  // longer than a loop

template <class T>
T attribute(const SpanView& span, std::string_view key) {
    for (const auto& [name, value] : span.attributes()) {
        if (name != key) continue;
        if (const auto* found = std::get_if<T>(&value)) return *found;
    }
    return {};
}

LoadSummary toLoad(const SpanView& span) {
    return {attribute<std::int64_t>(span, "audio.load.blocks"),
            attribute<std::int64_t>(span, "audio.load.overruns"), attribute<double>(span, "audio.load.p50"),
            attribute<double>(span, "audio.load.p99"), attribute<double>(span, "audio.load.max")};
}

// The spans of a block all lie on its lane, and end before it does.
bool isOfBlock(const SpanView& span) {
    return span.name() == blockName || span.name().starts_with("dsp.");
}

}

const RecentSpan* RecentTrace::root() const noexcept {
    const auto found = std::ranges::find_if(spans, [](const auto& span) { return !span.parent.isValid(); });
    return found == spans.end() ? nullptr : &*found;
}

double RecentTrace::milliseconds() const noexcept {
    if (spans.empty()) return 0;
    const auto begin = std::ranges::min(spans, {}, &RecentSpan::startNanos).startNanos;
    const auto end = std::ranges::max(spans, {}, &RecentSpan::endNanos).endNanos;
    return static_cast<double>(end - begin) / 1e6;
}

void RecentTraces::consume(const sidespan::SpanBatch& batch) {
    const std::lock_guard lock(mutex_);
    for (const auto span : batch) add(span);
    stats_.received += batch.size();
    stats_.delivered += batch.size();
    version_.fetch_add(1, std::memory_order_release);
}

void RecentTraces::add(const SpanView& span) {
    if (span.name() == loadName) {
        load_ = toLoad(span);
    } else if (isOfBlock(span)) {
        addToTrace(blockTraces_, maxBlockTraces, span);
        if (span.name() == blockName) addBlock(span);
    } else {
        addToTrace(operations_, maxOperations, span);
    }
}

void RecentTraces::addToTrace(std::deque<RecentTrace>& traces, std::size_t most, const SpanView& span) {
    const auto id = span.traceId();
    auto trace = std::ranges::find(traces, id, &RecentTrace::id);
    if (trace == traces.end()) {
        if (traces.size() == most) traces.pop_front();
        trace = traces.insert(traces.end(), RecentTrace{id, {}});
    }
    if (trace->spans.size() == maxSpansInTrace) {
        if (span.parentSpanId().isValid()) return;
        trace->spans.pop_back();  // the operation itself ends last, and says what all of it is
    }
    trace->spans.push_back({std::string(span.name()), span.spanId(), span.parentSpanId(),
                            span.startUnixNano(), span.endUnixNano(), span.status()});
}

void RecentTraces::addBlock(const SpanView& span) {
    const auto end = span.endUnixNano();
    auto& blocks = blocks_[attribute<std::int64_t>(span, "plugin.instance")];
    if (blocks.size() == maxBlocks) blocks.pop_front();
    blocks.push_back({{span.traceId(), span.spanId(), span.flags(), false},
                      end,
                      attribute<std::int64_t>(span, "loop.end_frame")});
    // Nothing says that an instance is gone.
    std::erase_if(blocks_,
                  [&](const auto& each) { return each.second.back().endNanos + blocksLastNanos < end; });
}

void RecentTraces::purge() {
    const std::lock_guard lock(mutex_);
    operations_.clear();
    blockTraces_.clear();
    blocks_.clear();
    load_.reset();
    version_.fetch_add(1, std::memory_order_release);
}

sidespan::SinkStats RecentTraces::stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
}

std::vector<RecentTrace> RecentTraces::operations() const {
    const std::lock_guard lock(mutex_);
    return {operations_.rbegin(), operations_.rend()};
}

std::optional<RecentTrace> RecentTraces::lastBlock() const {
    const std::lock_guard lock(mutex_);
    if (blockTraces_.empty()) return std::nullopt;
    return blockTraces_.back();
}

std::vector<sidespan::SpanContext> RecentTraces::blocksOf(std::int64_t instance, std::int64_t begin,
                                                          std::int64_t end) const {
    const std::lock_guard lock(mutex_);
    std::vector<sidespan::SpanContext> found;
    const auto blocks = blocks_.find(instance);
    if (blocks == blocks_.end()) return found;
    for (auto block = blocks->second.rbegin(); block != blocks->second.rend(); ++block) {
        if (block->endFrame > begin && block->endFrame <= end) found.push_back(block->context);
    }
    return found;
}

std::optional<LoadSummary> RecentTraces::load() const {
    const std::lock_guard lock(mutex_);
    return load_;
}

}
