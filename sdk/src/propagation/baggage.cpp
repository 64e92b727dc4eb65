#include <sidespan/propagation/baggage.h>

#include <algorithm>
#include <utility>

#include <sidespan/detail/header_text.h>
#include <sidespan/detail/hex.h>
#include <sidespan/detail/utf8_text.h>

namespace sidespan::inline v0 {
namespace {

// Section 3.3.1, baggage-octet: printable ASCII except space, `"`, `,`, `;` and `\`.
constexpr bool isOctet(char c) noexcept {
    return c > ' ' && c <= '~' && c != '"' && c != ',' && c != ';' && c != '\\';
}

constexpr bool isValue(std::string_view value) noexcept {
    return std::ranges::all_of(value, isOctet);
}

struct KeyAndValue {
    std::string_view key;
    std::string_view value;
    bool hasValue;
};

constexpr KeyAndValue split(std::string_view text) noexcept {
    const std::size_t at = text.find('=');
    if (at == std::string_view::npos) return {detail::trim(text), {}, false};
    return {detail::trim(text.substr(0, at)), detail::trim(text.substr(at + 1)), true};
}

constexpr std::string_view keyOf(std::string_view member) noexcept {
    return split(detail::takeMember(member, ';')).key;
}

// A key with a value, then properties: keys with or without one.
constexpr bool isMember(std::string_view member) noexcept {
    if (member.ends_with(';')) return false;
    const KeyAndValue first = split(detail::takeMember(member, ';'));
    if (!first.hasValue || !detail::isToken(first.key) || !isValue(first.value)) return false;
    while (!member.empty()) {
        const KeyAndValue property = split(detail::takeMember(member, ';'));
        if (!detail::isToken(property.key) || !isValue(property.value)) return false;
    }
    return true;
}

std::string decode(std::string_view value) {
    return toValidUtf8(detail::percentDecoded(value));
}

void appendEncoded(std::string& to, std::string_view value) {
    constexpr char digits[] = "0123456789ABCDEF";
    for (char c : value) {
        if (isOctet(c) && c != '%') {
            to += c;
        } else {
            to += '%';
            to += digits[static_cast<unsigned char>(c) >> 4U];
            to += digits[static_cast<unsigned char>(c) & 0xfU];
        }
    }
}

}

Baggage Baggage::parse(std::string_view value) {
    Baggage baggage;
    while (!value.empty() && baggage.size_ < maxMembers) {
        const std::string_view member = detail::takeMember(value);
        if (isMember(member)) baggage.append(member);
    }
    return baggage;
}

bool Baggage::append(std::string_view member) {
    const std::size_t comma = text_.empty() ? 0 : 1;
    if (size_ == maxMembers || text_.size() + comma + member.size() > maxBytes) return false;
    if (comma != 0) text_ += ',';
    text_ += member;
    ++size_;
    return true;
}

std::optional<std::string> Baggage::get(std::string_view key) const {
    std::string_view rest = text_;
    while (!rest.empty()) {
        std::string_view member = detail::takeMember(rest);
        const KeyAndValue found = split(detail::takeMember(member, ';'));
        if (found.key == key) return decode(found.value);
    }
    return std::nullopt;
}

std::vector<Baggage::Member> Baggage::members() const {
    std::vector<Member> members;
    members.reserve(size_);
    std::string_view rest = text_;
    while (!rest.empty()) {
        std::string_view member = detail::takeMember(rest);
        const KeyAndValue found = split(detail::takeMember(member, ';'));
        members.push_back({std::string(found.key), decode(found.value), std::string(detail::trim(member))});
    }
    return members;
}

bool Baggage::set(std::string_view key, std::string_view value, std::string_view metadata) {
    if (!detail::isToken(key) || metadata.find(',') != metadata.npos) return false;
    std::string member(key);
    member += '=';
    appendEncoded(member, value);
    if (!metadata.empty()) member.append(";").append(metadata);
    if (!isMember(member)) return false;
    Baggage changed = *this;
    changed.remove(key);
    if (!changed.append(member)) return false;
    *this = std::move(changed);
    return true;
}

void Baggage::remove(std::string_view key) {
    Baggage kept;
    std::string_view rest = text_;
    while (!rest.empty()) {
        const std::string_view member = detail::takeMember(rest);
        if (keyOf(member) != key) kept.append(member);
    }
    *this = std::move(kept);
}

}
