#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/consent.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/span_batch.h>

namespace sidespan::test {

/// Finished records without a recorder: spans that differ in their ids, each with one text attribute of a
/// chosen size.
class SpanRecords {
public:
    explicit SpanRecords(std::size_t count = 0, std::size_t attributeBytes = 16) {
        for (std::size_t i = 0; i < count; ++i) add(attributeBytes);
    }

    void add(std::size_t attributeBytes, char filling = 'a') {
        const std::size_t attributeSize = 16 + detail::roundUpTo8(attributeBytes);
        const std::size_t at = bytes_.size();
        bytes_.resize(at + sizeof(detail::SpanItem) + attributeSize);
        std::byte* record = bytes_.data() + at;

        static constexpr std::string_view name = "test.span";
        static constexpr std::string_view key = "text";
        detail::SpanItem item{};
        item.word =
            detail::ItemWord::make(detail::ItemType::span, 0, sizeof item + attributeSize, 1, name.size());
        item.name = name.data();
        item.start = 1'700'000'000'000'000'000;
        item.end = item.start + 1'500'000;
        item.spanId = nextId()++;
        item.traceHigh = 0x0123'4567'89ab'4def;
        item.traceLow = 0x8123'4567'89ab'cdef;
        detail::storeAt(record, item);

        std::byte* attribute = record + sizeof item;
        detail::storeAt(attribute, detail::ItemWord::make(detail::ItemType::text, 0, attributeSize,
                                                          attributeBytes, key.size()));
        detail::storeAt(attribute + 8, key.data());
        std::memset(attribute + 16, filling, attributeBytes);
        ++count_;
    }

    [[nodiscard]] SpanBatch batch(ConsentEpoch consentEpoch = Consent(Consent::granted).epoch()) const {
        return {bytes_, count_, resource_, consentEpoch};
    }
    [[nodiscard]] std::size_t count() const { return count_; }

    /// For a process whose spans must differ from those of another.
    static void startIdsAt(std::uint64_t id) { nextId() = id; }

private:
    // Unique in the process, so that a server can tell every span of a test from every other.
    static std::uint64_t& nextId() {
        static std::uint64_t id = 1;
        return id;
    }

    std::vector<std::byte> bytes_;
    std::size_t count_ = 0;
    Resource resource_{{"test-service", "1.0"}, ClientType::cli};
};

}
