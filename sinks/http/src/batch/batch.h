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

/// Encoded spans that are sent together: one request body, and where its spans are in it.
struct Batch {
    /// For a batch that no withdrawal recorded on disk applies to.
    static constexpr std::uint64_t anyGeneration = ~std::uint64_t{0};

    Uuid id;
    std::string contentType;
    std::string path;
    bool isOtlp = false;  // answers follow OTLP/HTTP
    TextBuffer body;
    std::uint32_t head = 0;               // where the first span begins
    std::vector<std::uint32_t> spanEnds;  // where each span ends; the next begins there
    void (*fixLengths)(char* body, std::size_t size) noexcept = nullptr;  // the encoding's, if it has one
    ConsentEpoch consentEpoch;
    std::uint64_t generation = anyGeneration;  // of consent, as the outbox directory counts it
    DeliveryClock::WallTime made{};
    DeliveryClock::Time begun{};             // the same moment; an estimate for a batch of an earlier run
    DeliveryClock::Time::duration asleep{};  // DeliveryClock::asleep() at that moment

    std::uint64_t sequence = 0;  // counts the batches of this run from 1; parts of a batch share theirs
    std::uint64_t arrival = 0;   // makes the order of waiting batches unique; 0 until it has waited
    std::uint32_t attempts = 0;  // that failed
    bool isRecovered = false;    // comes from an earlier run
    std::string file;            // in the outbox directory; empty if it is only in memory
    std::size_t bodyBytes = 0;   // also known when the body is only on disk

    [[nodiscard]] std::size_t spanCount() const noexcept { return spanEnds.size(); }

    /// Appends the tail of an assembled body and corrects its lengths.
    void endBody(std::string_view tail);
    /// Makes the batch empty; keeps the storage.
    void clear() noexcept;
    /// Moves the body to storage of its own size if it fills less than half of its storage.
    void fit();
};

/// Divides a batch of at least two spans into two. Each gets a whole body, with head, tail and separators as
/// in the original.
[[nodiscard]] std::pair<std::unique_ptr<Batch>, std::unique_ptr<Batch>> split(const Batch& batch);

}
