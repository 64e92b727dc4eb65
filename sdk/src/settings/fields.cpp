#include "fields.h"

namespace sidespan::inline v0::detail {

bool hasControl(std::string_view text) noexcept {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
    }
    return false;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text.substr(0, 200)) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    return out + "\"";
}

void Fields::isNoMoreThan(std::chrono::milliseconds value, std::string_view otherField,
                          std::chrono::milliseconds most) {
    if (value > most)
        fail(join({decimal(value.count()), " ms"}),
             join({"no more than ", otherField, ", ", decimal(most.count()), " ms"}));
}

void Fields::isHeaderValue(std::string_view value) {
    if (hasControl(value)) fail("a value with control characters", "printable text (RFC 9110, 5.5)");
}

void Fields::isPath(std::string_view path) {
    if (path.find('\0') != path.npos) {
        fail("a path with a null character in it", "one without");
    } else if (path.starts_with('~') && (path.size() == 1 || path[1] == '/' || path[1] == '\\')) {
        fail(quoted(path), "a path in full, without \"~\"");
    }
}

void Fields::fail(std::string_view held, std::string_view right) {
    if (result_.empty()) result_ = join({"Config::", name_, " is ", held, "; it must be ", right});
}

}
