#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// Text that grows at its end and can be reused. Encodings write into it.
///
/// Its storage is not initialised, grows by doubling and is kept until the buffer is destroyed, so a body
/// that is no larger than an earlier one needs no allocation. Growing throws std::bad_alloc if there is no
/// memory. One thread at a time.
class TextBuffer {
public:
    TextBuffer() noexcept = default;
    TextBuffer(TextBuffer&& other) noexcept
        : storage_(std::move(other.storage_)),
          size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    TextBuffer& operator=(TextBuffer&& other) noexcept {
        storage_ = std::move(other.storage_);
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
        return *this;
    }

    [[nodiscard]] std::string_view view() const noexcept { return {storage_.get(), size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool isEmpty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    void append(std::string_view text) {
        if (text.empty()) return;
        std::memcpy(reserve(text.size()), text.data(), text.size());
        size_ += text.size();
    }
    void append(char c) {
        *reserve(1) = c;
        ++size_;
    }

    /// Room for at least `room` more characters, uninitialised, at the end of the text; valid until the next
    /// call that is not const. `advanceTo()` makes what was written there part of the text.
    [[nodiscard]] char* reserve(std::size_t room) {
        if (capacity_ - size_ < room) [[unlikely]]
            grow(room);
        return storage_.get() + size_;
    }
    /// `end` lies within what `reserve()` gave, or at its end.
    void advanceTo(const char* end) noexcept { size_ = static_cast<std::size_t>(end - storage_.get()); }

    /// Removes all but the first `size` characters. There must be as many.
    void truncate(std::size_t size) noexcept { size_ = size; }
    /// Removes the text and keeps the storage.
    void clear() noexcept { size_ = 0; }

private:
    struct Free {
        void operator()(char* storage) const noexcept { std::free(storage); }
    };

    /// Not inline: out of the way of the appending code.
    void grow(std::size_t room);

    std::unique_ptr<char, Free> storage_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}
