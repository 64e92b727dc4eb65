#include <sidespan/detail/compiler.h>
#include <sidespan/propagation/trace_state.h>

#include <algorithm>
#include <array>
#include <utility>

#include <sidespan/detail/header_text.h>

namespace sidespan::inline v0 {
namespace {

constexpr bool isLowerOrDigit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Level 2, section 3.3.1.3.1: key = ( lcalpha / DIGIT ) 0*255( lcalpha / DIGIT / "_" / "-" / "*" / "/" / "@"
// )
constexpr bool isKey(std::string_view key) noexcept {
    if (key.empty() || key.size() > TraceState::maxKeyLength || !isLowerOrDigit(key.front())) return false;
    return std::ranges::all_of(key, [](char c) {
        return isLowerOrDigit(c) || c == '_' || c == '-' || c == '*' || c == '/' || c == '@';
    });
}

// Section 3.3.1.3.2: printable ASCII except `,` and `=`, with no space at the end.
constexpr bool isMemberValue(std::string_view value) noexcept {
    if (value.empty() || value.size() > TraceState::maxValueLength || value.back() == ' ') return false;
    return std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

struct Member {
    std::string_view key;
    std::string_view value;
};

constexpr Member splitMember(std::string_view member) noexcept {
    const std::size_t at = member.find('=');
    if (at == std::string_view::npos) return {member, {}};
    return {member.substr(0, at), member.substr(at + 1)};
}

// The keys of the members so far, to find duplicates.
class Keys {
public:
    [[nodiscard]] bool has(std::string_view key) const noexcept {
        return std::find(keys_.begin(), end(), key) != end();
    }
    bool add(std::string_view key) noexcept {
        if (size_ == keys_.size()) return false;
        keys_[size_++] = key;
        return true;
    }

private:
    using Array = std::array<std::string_view, TraceState::maxMembers>;
    [[nodiscard]] Array::const_iterator end() const noexcept {
        return keys_.begin() + static_cast<std::ptrdiff_t>(size_);
    }

    Array keys_;
    std::size_t size_ = 0;
};

}

std::optional<TraceState> TraceState::parse(std::string_view value) {
    TraceState state;
    state.text_.reserve((std::min)(value.size(), maxMembers * (maxKeyLength + maxValueLength + 2)));
    Keys keys;
    while (!value.empty()) {
        const std::string_view text = detail::takeMember(value);
        if (text.empty()) continue;
        const Member member = splitMember(text);
        if (!isKey(member.key) || !isMemberValue(member.value)) return std::nullopt;
        if (keys.has(member.key)) continue;
        if (!keys.add(member.key)) return std::nullopt;
        state.append(text);
    }
    return state;
}

SIDESPAN_COLD void TraceState::append(std::string_view member) {
    if (!text_.empty()) text_ += ',';
    text_ += member;
}

SIDESPAN_COLD std::optional<std::string_view> TraceState::get(std::string_view key) const noexcept {
    std::string_view rest = text_;
    while (!rest.empty()) {
        const Member member = splitMember(detail::takeMember(rest));
        if (member.key == key) return member.value;
    }
    return std::nullopt;
}

SIDESPAN_COLD bool TraceState::set(std::string_view key, std::string_view value) {
    if (!isKey(key) || !isMemberValue(value)) return false;
    TraceState changed;
    changed.text_.reserve(text_.size() + key.size() + value.size() + 2);
    changed.text_.append(key).append("=").append(value);
    std::string_view rest = text_;
    for (std::size_t count = 1; !rest.empty() && count < maxMembers;) {
        const std::string_view member = detail::takeMember(rest);
        if (splitMember(member).key == key) continue;
        changed.append(member);
        ++count;
    }
    *this = std::move(changed);
    return true;
}

SIDESPAN_COLD void TraceState::remove(std::string_view key) {
    TraceState kept;
    std::string_view rest = text_;
    while (!rest.empty()) {
        const std::string_view member = detail::takeMember(rest);
        if (splitMember(member).key != key) kept.append(member);
    }
    *this = std::move(kept);
}

}
