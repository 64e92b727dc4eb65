#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sidespan/detail/record/record.h>

namespace sidespan::inline v0 {

/// An array attribute's value as a sink sees it: elements of one type, which stay in the batch. Nothing here
/// allocates.
class AttributeArrayView {
public:
    enum class Type : std::uint8_t { text, integer, real, boolean };

    /// `elements` are in the form of a record: a number in 8 bytes, a bool in one, a text after its size in
    /// two.
    AttributeArrayView(Type type, std::size_t size, const std::byte* elements) noexcept
        : elements_(elements), size_(size), type_(type) {}

    [[nodiscard]] Type type() const noexcept { return type_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// Calls `f` with each element: a std::string_view, std::int64_t, double or bool, by `type()`.
    template <class F>
    void forEach(F&& f) const {
        switch (type_) {
            case Type::integer:
                return forEachNumber<std::int64_t>(f);
            case Type::real:
                return forEachNumber<double>(f);
            case Type::boolean:
                for (std::size_t i = 0; i < size_; ++i) f(elements_[i] != std::byte{0});
                return;
            case Type::text:
                break;
        }
        const std::byte* at = elements_;
        for (std::size_t i = 0; i < size_; ++i) {
            const std::string_view text{reinterpret_cast<const char*>(at + detail::textSizeBytes),
                                        detail::loadAt<std::uint16_t>(at)};
            f(text);
            at += detail::textSizeBytes + text.size();
        }
    }

private:
    template <class T, class F>
    void forEachNumber(F& f) const {
        for (std::size_t i = 0; i < size_; ++i) f(detail::loadAt<T>(elements_ + i * sizeof(T)));
    }

    const std::byte* elements_;
    std::size_t size_;
    Type type_;
};

}
