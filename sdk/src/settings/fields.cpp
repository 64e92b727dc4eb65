#include "fields.h"

#include <concepts>
#include <filesystem>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/utf8_text.h>

namespace sidespan::inline v0::detail {
namespace {

// On other systems a path is bytes in any encoding.
constexpr bool arePathsUtf16 = !std::same_as<std::filesystem::path::value_type, char>;

}

bool hasControl(std::string_view text) noexcept {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
    }
    return false;
}

SIDESPAN_COLD std::string quoted(std::string_view text) {
    return join({"\"", excerpt(text, '?'), "\""});
}

bool Fields::field(const char* name, bool isSame) {
    name_ = name;
    if (use_ == Use::checkOne) return result_.empty();
    if (!isSame) result_ += join({result_.empty() ? "" : ", ", name});
    return false;
}

SIDESPAN_COLD void Fields::range(const char* name, bool isSame, std::uint64_t magnitude, bool isNegative,
                                 std::uint64_t low, std::uint64_t high, const char* unit) {
    if (!field(name, isSame) || (!isNegative && magnitude >= low && magnitude <= high)) return;
    fail(join({decimal(magnitude, isNegative), unit}),
         join({"from ", decimal(low), " to ", decimal(high), unit}));
}

SIDESPAN_COLD void Fields::isNoMoreThan(std::chrono::milliseconds value, std::string_view otherField,
                                        std::chrono::milliseconds most) {
    if (value > most)
        fail(join({decimal(value.count()), " ms"}),
             join({"no more than ", otherField, ", ", decimal(most.count()), " ms"}));
}

void Fields::isHeaderValue(std::string_view value) {
    if (hasControl(value)) refuse("must not contain control characters (RFC 9110, 5.5)");
}

SIDESPAN_COLD void Fields::path(const char* name, std::string_view a, std::string_view b) {
    if (!field(name, a, b)) return;
    if (a.find('\0') != a.npos) {
        refuse("must not contain a null character");
    } else if (arePathsUtf16 && toValidUtf8(a) != a) {
        refuse("must be in UTF-8, as std::filesystem::path::u8string() returns it");
    } else if (a.starts_with('~') && (a.size() == 1 || a[1] == '/' || a[1] == '\\')) {
        fail(quoted(a), "a path in full, without \"~\"");
    }
}

void Fields::fail(std::string_view held, std::string_view right) {
    refuse(join({"is ", held, "; it must be ", right}));
}

SIDESPAN_COLD void Fields::refuse(std::string_view what) {
    if (result_.empty()) result_ = join({"Config::", name_, " ", what});
}

}
