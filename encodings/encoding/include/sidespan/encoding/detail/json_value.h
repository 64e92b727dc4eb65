#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sidespan/attribute_array.h>

#include <sidespan/encoding/detail/json_digits.h>
#include <sidespan/encoding/detail/json_text.h>

/// Values and members of JSON, written where the caller has made room. Each function returns the end of what
/// it wrote and may overwrite up to 15 characters after it.
namespace sidespan::inline v0::detail {

/// Ends a list or an object, each item of which was written with a comma after it. `end` replaces the last
/// comma.
inline char* endList(char* to, char end) noexcept {
    if (to[-1] == ',') --to;
    *to = end;
    return to + 1;
}

inline char* writeJson(char* to, std::string_view text) noexcept {
    *to = '"';
    to = writeEscaped(to + 1, text);
    *to = '"';
    return to + 1;
}
inline char* writeJson(char* to, std::int64_t number) noexcept {
    return writeSigned(to, number);
}
inline char* writeJson(char* to, double number) noexcept {
    return writeDouble(to, number);
}
inline char* writeJson(char* to, bool value) noexcept {
    return value ? writeConstant(to, "true") : writeConstant(to, "false");
}
inline char* writeJson(char* to, const AttributeArrayView& array) noexcept {
    *to++ = '[';
    array.forEach([&](auto element) {
        to = writeJson(to, element);
        *to++ = ',';
    });
    return endList(to, ']');
}

/// Writes a member unless it is 0; `member` is `,"name":`.
template <std::size_t N>
char* writeCount(char* to, const char (&member)[N], std::uint32_t count) noexcept {
    return count == 0 ? to : writeUnsigned(writeConstant(to, member), count);
}

}
