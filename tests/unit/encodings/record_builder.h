#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include <sidespan/detail/record/record.h>
#include <sidespan/span_view.h>

/// Writes finished records item by item, as the drain thread hands them to sinks. Keys and names are kept by
/// pointer, as literals are, so they must outlive the record.
class RecordBuilder {
public:
    explicit RecordBuilder(std::string_view name) { begin(name); }

    void begin(std::string_view name) {
        bytes_.assign(sizeof(sidespan::detail::SpanItem), std::byte{0});
        item_ = {};
        item_.name = name.data();
        nameLength_ = name.size();
    }

    sidespan::detail::SpanItem& item() { return item_; }
    void status(sidespan::SpanStatus status) { status_ = status; }
    void kind(sidespan::SpanKind kind) { kind_ = kind; }

    /// A name that was copied at run time.
    void copiedName(std::string_view name) {
        item_.name = nullptr;
        nameLength_ = 0;
        addText(Type::name, name);
    }

    void text(std::string_view key, std::string_view value, std::uint8_t flags = 0) {
        std::byte* at =
            add(Type::text, 16 + sidespan::detail::roundUpTo8(value.size()), value.size(), key, flags);
        if (!value.empty()) std::memcpy(at + 16, value.data(), value.size());
    }
    void integer(std::string_view key, std::int64_t value, std::uint8_t flags = 0) {
        sidespan::detail::storeAt(add(Type::integer, 24, 0, key, flags) + 16, value);
    }
    void real(std::string_view key, double value, std::uint8_t flags = 0) {
        sidespan::detail::storeAt(add(Type::real, 24, 0, key, flags) + 16, value);
    }
    void boolean(std::string_view key, bool value, std::uint8_t flags = 0) {
        sidespan::detail::storeAt(add(Type::boolean, 24, 0, key, flags) + 16,
                                  static_cast<std::uint64_t>(value));
    }
    void event(std::string_view name, std::uint64_t time) {
        sidespan::detail::storeAt(add(Type::event, 24, 0, name, 0) + 16, time);
    }
    /// Elements as records hold them (AttributeArrayView).
    void array(std::string_view key, sidespan::AttributeArrayView::Type type, std::size_t count,
               std::string_view elements, std::uint8_t flags = 0) {
        const auto all = static_cast<std::uint8_t>(flags | static_cast<unsigned>(type)
                                                               << sidespan::detail::elementTypeShift);
        std::byte* at = add(Type::array, 16 + sidespan::detail::roundUpTo8(elements.size()), count, key, all);
        if (!elements.empty()) std::memcpy(at + 16, elements.data(), elements.size());
    }
    void link(std::uint64_t high, std::uint64_t low, std::uint64_t spanId, std::uint32_t flags = 0) {
        std::byte* at = add(Type::link, 32, flags, {}, 0);
        sidespan::detail::storeAt(at + 8, high);
        sidespan::detail::storeAt(at + 16, low);
        sidespan::detail::storeAt(at + 24, spanId);
    }
    void traceState(std::string_view state) { addText(Type::traceState, state); }
    void statusMessage(std::string_view message) { addText(Type::statusMessage, message); }
    void dropped(std::uint32_t attributes, std::uint32_t events, std::uint32_t links = 0) {
        sidespan::detail::storeAt(add(Type::dropped, 16, 0, {}, 0),
                                  sidespan::detail::DroppedItem::make({attributes, events, links}));
    }
    void skipped(std::string_view key) { add(Type::skip, 24, 0, key, 0); }

    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

    /// The finished record.
    const std::vector<std::byte>& finish() {
        const auto flags = static_cast<std::uint8_t>(
            static_cast<unsigned>(status_) | (static_cast<unsigned>(kind_) << sidespan::detail::kindShift));
        item_.word = sidespan::detail::ItemWord::make(Type::span, 0, bytes_.size(), 1, nameLength_, flags);
        sidespan::detail::storeAt(bytes_.data(), item_);
        return bytes_;
    }

private:
    using Type = sidespan::detail::ItemType;

    std::byte* add(Type type, std::size_t size, std::size_t length, std::string_view key,
                   std::uint8_t flags) {
        const std::size_t at = bytes_.size();
        bytes_.resize(at + size);
        sidespan::detail::storeAt(bytes_.data() + at,
                                  sidespan::detail::ItemWord::make(type, 0, size, length, key.size(), flags));
        if (size > 8) sidespan::detail::storeAt(bytes_.data() + at + 8, key.data());
        return bytes_.data() + at;
    }

    void addText(Type type, std::string_view text) {
        std::byte* at = add(type, 8 + sidespan::detail::roundUpTo8(text.size()), text.size(), {}, 0);
        if (!text.empty()) std::memcpy(at + 8, text.data(), text.size());
    }

    std::vector<std::byte> bytes_;
    sidespan::detail::SpanItem item_;
    std::size_t nameLength_ = 0;
    sidespan::SpanStatus status_ = sidespan::SpanStatus::unset;
    sidespan::SpanKind kind_ = sidespan::SpanKind::internal;
};
