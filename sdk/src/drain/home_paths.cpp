#include <algorithm>
#include <cstring>
#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/home_paths.h>
#include <sidespan/detail/header_text.h>
#include <sidespan/detail/hex.h>

namespace sidespan::inline v0::detail {
namespace {

bool isLetter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isPathCharacter(char c) noexcept {
    return isLetter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool hasDrive(std::string_view home) noexcept {
    return home.size() > 1 && home[1] == ':' && isLetter(home[0]);
}

// Windows paths may have either slash, several instead of one, and any case.
bool isOfWindows(std::string_view home) noexcept {
    return hasDrive(home) || home.starts_with('\\');
}

bool isSame(char ofHome, char c, bool inWindows) noexcept {
    if (ofHome == c) return true;
    return inWindows && (toLower(ofHome) == toLower(c) || (ofHome == '\\' && c == '/'));
}

// Skips repeated slashes: an escaped text, such as JSON, doubles its backslashes.
std::size_t afterSlashes(std::string_view text, std::size_t at) noexcept {
    while (at < text.size()) {
        const auto character = decodedAt(text, at);
        if (character.value != '\\' && character.value != '/') break;
        at += character.size;
    }
    return at;
}

// How many characters of `text` at `at` spell `home`, or 0.
std::size_t spelledLength(std::string_view home, std::string_view text, std::size_t at) noexcept {
    if (text.substr(at).starts_with(home)) return home.size();
    const bool inWindows = isOfWindows(home);
    std::size_t next = at;
    for (const char c : home) {
        if (next == text.size()) return 0;
        const auto character = decodedAt(text, next);
        if (!isSame(c, character.value, inWindows)) return 0;
        next += character.size;
        if (inWindows && c == '\\') next = afterSlashes(text, next);
    }
    return next - at;
}

// Whether the path has more than one part: "/data" must not match the end of "/mnt/data".
bool namesUser(std::string_view home) noexcept {
    return home.find_first_of("/\\", 1) != home.npos;
}

}

SIDESPAN_COLD HomePaths::HomePaths(std::vector<std::string> homes) : homes_(std::move(homes)) {
    for (const auto& home : homes_) {
        if (home.empty()) continue;
        begins_[static_cast<unsigned char>(home.front())] = true;
        begins_['%'] = true;
        if (home.front() == '\\') begins_['/'] = true;
        if (!hasDrive(home)) continue;
        begins_[static_cast<unsigned char>(toLower(home.front()))] = true;
        begins_[static_cast<unsigned char>(toLower(home.front()) - 'a' + 'A')] = true;
    }
}

// The length of the longest home directory that begins here.
std::size_t HomePaths::lengthAt(std::string_view text, std::size_t at, char before) const noexcept {
    std::size_t longest = 0;
    for (const std::string_view home : homes_) {
        if (isPathCharacter(before) && !namesUser(home)) continue;
        const std::size_t length = spelledLength(home, text, at);
        const std::size_t after = at + length;
        if (after == text.size() || !isPathCharacter(decodedAt(text, after).value))
            longest = std::max(longest, length);
    }
    return longest;
}

std::size_t HomePaths::shorten(char* text, std::size_t size) const noexcept {
    const std::string_view all(text, size);
    const auto mayBegin = [this](char c) { return begins_[static_cast<unsigned char>(c)]; };
    std::size_t kept = 0;
    for (std::size_t at = 0; at < size;) {
        const auto next =
            std::ranges::find_if(all.begin() + static_cast<std::ptrdiff_t>(at), all.end(), mayBegin);
        const auto found = static_cast<std::size_t>(next - all.begin());
        if (kept != at) std::memmove(text + kept, text + at, found - at);
        kept += found - at;
        at = found;
        if (found == size) break;
        const std::size_t length = lengthAt(all, at, kept > 0 ? text[kept - 1] : '\0');
        text[kept++] = length > 0 ? '~' : text[at];
        at += length > 0 ? length : 1;
    }
    return kept;
}

}
