#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sidespan/consent_epoch.h>
#include <sidespan/encoding/text_buffer.h>
#include <sidespan/network/delivery_clock.h>

#include <sidespan/network/detail/uuid.h>

namespace sidespan::inline v0::detail {

/// Encoded spans that travel together: one request body, and where its spans are in it.
struct Batch {
    /// Of a batch that no withdrawal on disk concerns.
    static constexpr std::uint64_t anyGeneration = ~std::uint64_t{0};

    Uuid id;
    std::string contentType;
    std::string path;
    bool isOtlp = false;  // answers mean what OTLP/HTTP says
    TextBuffer body;
    std::uint32_t head = 0;               // where the first span begins
    std::vector<std::uint32_t> spanEnds;  // where each span ends; the next begins there
    void (*fixLengths)(char* body, std::size_t size) noexcept = nullptr;  // of its encoding, if it has one
    ConsentEpoch consentEpoch;
    std::uint64_t generation = anyGeneration;  // of consent, as the outbox directory counts it
    DeliveryClock::WallTime made{};
    DeliveryClock::Time begun{};  // the same moment; of a batch of an earlier run, as far as can be judged
    DeliveryClock::Time::duration asleep{};  // DeliveryClock::asleep() at that moment

    std::uint64_t sequence = 0;  // counts the batches of this run from 1; parts of a batch share theirs
    std::uint64_t arrival = 0;   // distinguishes those that have all else in common; 0 before it has waited
    std::uint32_t attempts = 0;  // that failed
    bool isRecovered = false;    // comes from an earlier run
    std::string file;            // in the outbox directory; empty when it is in memory alone
    std::size_t bodyBytes = 0;   // known also when the body is on disk alone

    [[nodiscard]] std::size_t spanCount() const noexcept { return spanEnds.size(); }

    /// Ends a body that has been put together.
    void endBody(std::string_view tail);
    /// Makes it an empty one; keeps the storage.
    void clear() noexcept;
    /// Moves the body into storage of its own size, where it fills less than half of what it has.
    void fit();
};

/// Two batches with the spans of one, each a whole body: what a body has before its first span and after its
/// last, and the comma between spans, is as in the original. The batch holds at least two spans.
[[nodiscard]] std::pair<std::unique_ptr<Batch>, std::unique_ptr<Batch>> split(const Batch& batch);

}
