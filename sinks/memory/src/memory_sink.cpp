#include <cstring>
#include <new>

#include <sidespan/sink_memory/memory_sink.h>

namespace sidespan::inline v0 {

MemorySink::MemorySink(const ValidConfig& config) : resource_(config.resource()) {}
MemorySink::~MemorySink() = default;

void MemorySink::consume(const SpanBatch& batch) {
    const std::size_t size = batch.sizeBytes();
    const std::lock_guard lock(mutex_);
    stats_.received += batch.size();
    try {
        chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size, batch.size()});
    } catch (const std::bad_alloc&) {
        stats_.dropped[DropReason::sinkFailed] += batch.size();
        return;
    }
    std::memcpy(chunks_.back().bytes.get(), batch.bytes().data(), size);
    stats_.delivered += batch.size();
    bytes_ += size;
    dropOldestBeyondCapacity();
}

void MemorySink::dropOldestBeyondCapacity() {
    while (bytes_ > capacityBytes) {
        const auto& oldest = chunks_.front();
        stats_.delivered -= oldest.count;
        stats_.dropped[DropReason::outboxFull] += oldest.count;
        bytes_ -= oldest.size;
        chunks_.pop_front();
    }
}

void MemorySink::purge() {
    const std::lock_guard lock(mutex_);
    for (const auto& chunk : chunks_) {
        stats_.delivered -= chunk.count;
        stats_.dropped[DropReason::consentWithdrawn] += chunk.count;
    }
    chunks_.clear();
    bytes_ = 0;
}

SinkStats MemorySink::stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
}

std::vector<Span> MemorySink::spans() const {
    const std::lock_guard lock(mutex_);
    std::vector<Span> spans;
    for (const auto& chunk : chunks_) {
        for (const auto& span : SpanBatch({chunk.bytes.get(), chunk.size}, chunk.count, resource_)) {
            spans.push_back(span.toSpan(resource_));
        }
    }
    return spans;
}

void MemorySink::clear() {
    const std::lock_guard lock(mutex_);
    chunks_.clear();
    bytes_ = 0;
}

}
