#include <sidespan/encoding/text_buffer.h>

#include <algorithm>
#include <limits>
#include <new>

namespace sidespan::inline v0 {

void TextBuffer::grow(std::size_t room) {
    constexpr std::size_t smallest = 1024;
    constexpr std::size_t largest = std::numeric_limits<std::size_t>::max() / 4;
    if (room > largest || size_ > largest) throw std::bad_alloc();
    const std::size_t capacity = std::max({smallest, capacity_ * 2, size_ + room});
    auto* storage = static_cast<char*>(std::realloc(storage_.get(), capacity));
    if (storage == nullptr) throw std::bad_alloc();
    (void)storage_.release();
    storage_.reset(storage);
    capacity_ = capacity;
}

}
