#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include <sidespan/consent_epoch.h>
#include <sidespan/resource.h>
#include <sidespan/span_view.h>

namespace sidespan::inline v0 {

/// Finished spans on their way to a sink: a forward range of SpanView over bytes that belong to the drain
/// thread and are reused as soon as `consume()` returns. Never empty when a sink gets it.
class SpanBatch {
public:
    class Iterator {
    public:
        using value_type = SpanView;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::forward_iterator_tag;

        Iterator() = default;
        explicit Iterator(const std::byte* at) noexcept : at_(at) {}
        SpanView operator*() const noexcept { return SpanView(at_); }
        Iterator& operator++() noexcept {
            at_ += detail::wordAt(at_).size();
            return *this;
        }
        Iterator operator++(int) noexcept {
            auto before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator&, const Iterator&) = default;

    private:
        const std::byte* at_ = nullptr;
    };

    /// `records` holds `size` finished records, one after the other.
    SpanBatch(std::span<const std::byte> records, std::size_t size, const Resource& resource,
              ConsentEpoch consentEpoch = {}) noexcept
        : records_(records), size_(size), resource_(&resource), consentEpoch_(consentEpoch) {}

    [[nodiscard]] Iterator begin() const noexcept { return Iterator(records_.data()); }
    [[nodiscard]] Iterator end() const noexcept { return Iterator(records_.data() + records_.size()); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// The records as they are: plain bytes, but for names and keys, which point to literals.
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return records_; }
    [[nodiscard]] std::size_t sizeBytes() const noexcept { return records_.size(); }
    /// Who recorded these spans.
    [[nodiscard]] const Resource& resource() const noexcept { return *resource_; }
    /// The consent they were all recorded under. They may leave the machine while `Consent::allows()` it.
    [[nodiscard]] ConsentEpoch consentEpoch() const noexcept { return consentEpoch_; }

private:
    std::span<const std::byte> records_;
    std::size_t size_;
    const Resource* resource_;
    ConsentEpoch consentEpoch_;
};

}
