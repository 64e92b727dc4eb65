#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {

std::string join(std::initializer_list<std::string_view> parts) {
    std::size_t size = 0;
    for (const auto part : parts) size += part.size();
    std::string text;
    text.reserve(size);
    for (const auto part : parts) text.append(part);
    return text;
}

}
