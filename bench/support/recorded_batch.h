#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

#include <sidespan/attribute.h>
#include <sidespan/detail/record/item_writer.h>
#include <sidespan/resource.h>
#include <sidespan/span_batch.h>

namespace sidespan::bench {

/// A batch of finished records, the same every time, as the drain thread hands it to a sink.
class RecordedBatch {
public:
    enum class Attributes { twoStrings, intAndDouble };

    static constexpr std::size_t size = 512;
    static constexpr bool neverRefuses = true;

    explicit RecordedBatch(Attributes attributes) {
        std::mt19937_64 random(1);
        bytes_.reserve(size * 256);
        for (std::size_t i = 0; i < size; ++i) addSpan(attributes, i, random);
    }

    [[nodiscard]] SpanBatch view() const { return {bytes_, size, resource_}; }
    [[nodiscard]] const Resource& resource() const noexcept { return resource_; }

    // What detail::item_writer asks of the room it writes into.
    std::byte* reserve(std::size_t bytes) {
        const std::size_t at = bytes_.size();
        bytes_.resize(at + bytes);
        return bytes_.data() + at;
    }
    static std::size_t room() { return 0; }
    static std::uint32_t depth() { return 0; }
    static void refused(detail::Part) {}

private:
    void addSpan(Attributes attributes, std::size_t i, std::mt19937_64& random) {
        const std::size_t at = bytes_.size();
        reserve(sizeof(detail::SpanItem));
        addAttributes(attributes, random);
        constexpr std::string_view name = "audio.encode";
        const std::uint64_t start = 1'766'012'345'000'000'000 + i * 1'000'000 + random() % 1000;
        const detail::SpanItem item{
            .word = detail::ItemWord::make(detail::ItemType::span, 0, bytes_.size() - at, 1, name.size(),
                                           detail::withKind(0, SpanKind::internal)),
            .name = name.data(),
            .start = start,
            .end = start + random() % 5'000'000,
            .spanId = random() | 1U,
            .parentId = random() | 1U,
            .traceHigh = random() | 1U,
            .traceLow = random()};
        detail::storeAt(bytes_.data() + at, item);
    }

    void addAttributes(Attributes attributes, std::mt19937_64& random) {
        if (attributes == Attributes::twoStrings) {
            detail::item_writer::writeText(*this, "file.name", "my_loop.wav", 0);
            detail::item_writer::writeText(*this, "codec", "flac", 0);
            return;
        }
        detail::item_writer::writeAttribute(*this, "bytes", static_cast<std::int64_t>(random() % 1'000'000));
        detail::item_writer::writeAttribute(*this, "load", static_cast<double>(random() % 10'000) / 10'000);
    }

    std::vector<std::byte> bytes_;
    Resource resource_{{"LoopShare", "1.2.0"}, ClientType::plugin};
};

}
