#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

#include <sidespan/attribute_array.h>
#include <sidespan/attribute_value.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/span_context.h>
#include <sidespan/span_kind.h>
#include <sidespan/span_status.h>

namespace sidespan::inline v0 {

struct Resource;
struct Span;

/// An attribute inside a batch.
struct AttributeView {
    std::string_view key;
    AttributeValueView value;
};

namespace detail {

/// The items of one record that a `Decoder` accepts, as a forward range of what it makes of them.
template <class Decoder>
class ItemRange {
public:
    class Iterator {
    public:
        using value_type = typename Decoder::Value;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::forward_iterator_tag;

        Iterator() = default;
        Iterator(const std::byte* at, const std::byte* end) noexcept : at_(at), end_(end) { skipOthers(); }
        value_type operator*() const noexcept { return Decoder::decode(at_, end_); }
        Iterator& operator++() noexcept {
            at_ += wordAt(at_).size();
            skipOthers();
            return *this;
        }
        Iterator operator++(int) noexcept {
            auto before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.at_ == b.at_; }

    private:
        void skipOthers() noexcept {
            while (at_ != end_) {
                const ItemWord word = wordAt(at_);
                if (Decoder::ends(word)) {
                    at_ = end_;
                    return;
                }
                if (Decoder::accepts(word)) return;
                at_ += word.size();
            }
        }
        const std::byte* at_ = nullptr;
        const std::byte* end_ = nullptr;
    };

    ItemRange(const std::byte* begin, const std::byte* end) noexcept : begin_(begin), end_(end) {}
    [[nodiscard]] Iterator begin() const noexcept { return {begin_, end_}; }
    [[nodiscard]] Iterator end() const noexcept { return {end_, end_}; }
    [[nodiscard]] bool empty() const noexcept { return begin() == end(); }

private:
    const std::byte* begin_;
    const std::byte* end_;
};

[[nodiscard]] inline AttributeArrayView decodeArray(const std::byte* at) noexcept {
    const ItemWord word = wordAt(at);
    const auto type =
        static_cast<AttributeArrayView::Type>(word.flags() >> elementTypeShift & elementTypeMask);
    return {type, word.length(), at + 16};
}

[[nodiscard]] inline AttributeView decodeAttribute(const std::byte* at) noexcept {
    const ItemWord word = wordAt(at);
    const std::string_view key{loadAt<const char*>(at + 8), word.keyLength()};
    const ItemType type = word.type();
    if (type == ItemType::integer) return {key, loadAt<std::int64_t>(at + 16)};
    if (type == ItemType::real) return {key, loadAt<double>(at + 16)};
    if (type == ItemType::boolean) return {key, loadAt<std::uint64_t>(at + 16) != 0};
    if (type == ItemType::array) return {key, decodeArray(at)};
    return {key, std::string_view{reinterpret_cast<const char*>(at + 16), word.length()}};
}

[[nodiscard]] constexpr bool isAttribute(ItemWord word) noexcept {
    return (word.type() >= ItemType::text && word.type() <= ItemType::boolean) ||
           word.type() == ItemType::array;
}

/// Which part of the span an attribute belongs to: 0, ofEventFlag or ofLinkFlag.
[[nodiscard]] constexpr std::uint8_t partOf(ItemWord attribute) noexcept {
    return attribute.flags() & ofPartMask;
}

struct SpanAttributeDecoder {
    using Value = AttributeView;
    static bool accepts(ItemWord word) noexcept { return isAttribute(word) && partOf(word) == 0; }
    static bool ends(ItemWord) noexcept { return false; }
    static Value decode(const std::byte* at, const std::byte*) noexcept { return decodeAttribute(at); }
};

/// The attributes of an event or a link. They follow it; attributes of the span may be between them.
template <ItemType Part, std::uint8_t Flag>
struct PartAttributeDecoder {
    using Value = AttributeView;
    static bool accepts(ItemWord word) noexcept { return isAttribute(word) && partOf(word) == Flag; }
    static bool ends(ItemWord word) noexcept { return word.type() == Part; }
    static Value decode(const std::byte* at, const std::byte*) noexcept { return decodeAttribute(at); }
};
using EventAttributeDecoder = PartAttributeDecoder<ItemType::event, ofEventFlag>;
using LinkAttributeDecoder = PartAttributeDecoder<ItemType::link, ofLinkFlag>;

}

/// An event inside a batch.
struct EventView {
    std::uint64_t timeUnixNano;
    std::string_view name;
    detail::ItemRange<detail::EventAttributeDecoder> attributes;
};

/// A link inside a batch.
struct LinkView {
    TraceId traceId;
    SpanId spanId;
    /// OTLP's flags: W3C's in bits 0-7; bit 8 says whether bit 9 is known, and bit 9 that the context is
    /// remote.
    std::uint32_t flags;
    detail::ItemRange<detail::LinkAttributeDecoder> attributes;
};

namespace detail {

struct EventDecoder {
    using Value = EventView;
    static bool accepts(ItemWord word) noexcept { return word.type() == ItemType::event; }
    static bool ends(ItemWord) noexcept { return false; }
    static Value decode(const std::byte* at, const std::byte* end) noexcept {
        const ItemWord word = wordAt(at);
        return {loadAt<std::uint64_t>(at + 16),
                {loadAt<const char*>(at + 8), word.keyLength()},
                {at + word.size(), end}};
    }
};

struct LinkDecoder {
    using Value = LinkView;
    static bool accepts(ItemWord word) noexcept { return word.type() == ItemType::link; }
    static bool ends(ItemWord) noexcept { return false; }
    static Value decode(const std::byte* at, const std::byte* end) noexcept {
        const ItemWord word = wordAt(at);
        return {TraceId(loadAt<std::uint64_t>(at + 8), loadAt<std::uint64_t>(at + 16)),
                SpanId(loadAt<std::uint64_t>(at + 24)),
                static_cast<std::uint32_t>(word.length()),
                {at + word.size(), end}};
    }
};

}

/// A finished span inside a batch: a pointer into its bytes, good for as long as the batch.
/// Nothing here allocates.
class SpanView {
public:
    explicit SpanView(const std::byte* record) noexcept : record_(record) {}

    [[nodiscard]] std::string_view name() const noexcept {
        return hasLiteralName() ? literalName() : copiedName();
    }
    /// Whether the name is a Literal, which needs no escaping. Otherwise it is any text of 1 to 255 bytes.
    [[nodiscard]] bool hasLiteralName() const noexcept { return item().name != nullptr; }
    /// Empty if there is none.
    [[nodiscard]] std::string_view literalName() const noexcept {
        return {item().name, item().word.keyLength()};
    }
    [[nodiscard]] TraceId traceId() const noexcept { return {item().traceHigh, item().traceLow}; }
    [[nodiscard]] SpanId spanId() const noexcept { return SpanId(item().spanId); }
    /// Not valid for a root span.
    [[nodiscard]] SpanId parentSpanId() const noexcept { return SpanId(item().parentId); }
    [[nodiscard]] bool hasRemoteParent() const noexcept {
        return (item().word.flags() & detail::remoteParentFlag) != 0;
    }
    [[nodiscard]] TraceFlags flags() const noexcept {
        return static_cast<TraceFlags>(static_cast<std::uint8_t>(item().word.length()));
    }
    [[nodiscard]] std::uint64_t startUnixNano() const noexcept { return item().start; }
    [[nodiscard]] std::uint64_t endUnixNano() const noexcept { return item().end; }
    [[nodiscard]] SpanStatus status() const noexcept { return item().status(); }
    [[nodiscard]] SpanKind kind() const noexcept { return item().kind(); }
    /// The number of the recorder's lane on which it was recorded, counted from 1 in the order of opening; 0
    /// outside lanes. Lanes beyond 255 share numbers with the first ones.
    [[nodiscard]] std::uint32_t lane() const noexcept { return item().word.depth(); }
    /// In the form of the `tracestate` header: the trace state of the trace that the span continues, and the
    /// threshold of `Sampler::probability`. Empty if there is neither.
    [[nodiscard]] std::string_view traceState() const noexcept;
    /// Empty unless setStatus() was given one.
    [[nodiscard]] std::string_view statusMessage() const noexcept;

    /// In the order they were set; a key set twice appears once, with its last value.
    [[nodiscard]] detail::ItemRange<detail::SpanAttributeDecoder> attributes() const noexcept {
        return {items(), end()};
    }
    [[nodiscard]] detail::ItemRange<detail::EventDecoder> events() const noexcept { return {items(), end()}; }
    [[nodiscard]] detail::ItemRange<detail::LinkDecoder> links() const noexcept { return {items(), end()}; }

    /// How many did not fit into the record's 4 KiB.
    [[nodiscard]] std::uint32_t droppedAttributes() const noexcept;
    [[nodiscard]] std::uint32_t droppedEvents() const noexcept;
    [[nodiscard]] std::uint32_t droppedLinks() const noexcept;

    /// Of the record in the batch.
    [[nodiscard]] std::size_t sizeBytes() const noexcept { return item().word.size(); }
    /// Its bytes in the batch, for encoders that read them in one pass (detail/record.h).
    [[nodiscard]] std::span<const std::byte> record() const noexcept { return {record_, sizeBytes()}; }

    /// A copy that owns everything it holds. Allocates.
    [[nodiscard]] Span toSpan(const Resource& resource) const;

private:
    [[nodiscard]] std::string_view copiedName() const noexcept;
    [[nodiscard]] const detail::SpanItem& item() const noexcept {
        return *reinterpret_cast<const detail::SpanItem*>(record_);
    }
    [[nodiscard]] const std::byte* items() const noexcept { return record_ + sizeof(detail::SpanItem); }
    [[nodiscard]] const std::byte* end() const noexcept { return record_ + item().word.size(); }

    const std::byte* record_;
};

}
