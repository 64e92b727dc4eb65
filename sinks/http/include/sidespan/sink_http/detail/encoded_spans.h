#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <sidespan/encoding/text_buffer.h>

namespace sidespan::inline v0::detail {

/// A body as an encoding writes it: its head, its spans and its tail, and where they are. The storage is
/// reused.
class EncodedSpans {
public:
    [[nodiscard]] TextBuffer& text() noexcept { return text_; }
    [[nodiscard]] bool isEmpty() const noexcept { return ends_.empty(); }
    /// Marks the end of the head, which was just written.
    void endHead() { head_ = text_.size(); }
    /// Marks the end of a span, which was just written.
    void endSpan() { ends_.push_back(static_cast<std::uint32_t>(text_.size())); }
    void clear() noexcept {
        text_.clear();
        ends_.clear();
    }

    [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
    [[nodiscard]] std::string_view head() const noexcept { return text_.view().substr(0, head_); }
    /// With the separator before it, unless it is the first.
    [[nodiscard]] std::string_view span(std::size_t i) const noexcept {
        const std::size_t begin = i == 0 ? head_ : ends_[i - 1];
        return text_.view().substr(begin, ends_[i] - begin);
    }
    [[nodiscard]] std::string_view tail() const noexcept { return text_.view().substr(ends_.back()); }

private:
    TextBuffer text_;
    std::size_t head_ = 0;
    std::vector<std::uint32_t> ends_;
};

}
