#include <cstring>

#include <sidespan/memory_sink.h>

namespace sidespan::inline v0 {

MemorySink::MemorySink(const ValidConfig& config) : resource_(config.resource()) {}
MemorySink::~MemorySink() = default;

void MemorySink::consume(const SpanBatch& batch) {
    Chunk chunk{std::make_unique_for_overwrite<std::byte[]>(batch.sizeBytes()), batch.sizeBytes(),
                batch.size()};
    std::memcpy(chunk.bytes.get(), batch.bytes().data(), chunk.size);

    const std::lock_guard lock(mutex_);
    stats_.received += chunk.count;
    stats_.delivered += chunk.count;
    bytes_ += chunk.size;
    chunks_.push_back(std::move(chunk));
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
