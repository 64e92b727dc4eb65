#include "member.h"

#include <stdexcept>

#include <fmt/format.h>
#include <sidespan/encoding/utf8.h>
#include <boost/json/serialize.hpp>

namespace sidespan::inline v0::detail {
namespace {

namespace bj = boost::json;

constexpr std::size_t longestQuote = 64;

// As JSON, so that a message contains no control characters.
std::string quote(std::string_view text) {
    std::string_view kept = text.substr(0, longestQuote);
    while (kept.size() < text.size() && !kept.empty() && (text[kept.size()] & 0xC0) == 0x80)
        kept.remove_suffix(1);
    const std::string quoted = bj::serialize(bj::string(toValidUtf8(kept)));
    return kept.size() == text.size() ? quoted : quoted + "…";
}

std::string describe(const bj::value* value) {
    if (value == nullptr) return "nothing";
    switch (value->kind()) {
        case bj::kind::object:
            return "an object";
        case bj::kind::array:
            return "an array";
        case bj::kind::string:
            return quote(value->get_string());
        default:
            return bj::serialize(*value);
    }
}

}

Member Member::operator[](std::string_view name) const {
    Member member;
    member.value_ = asObject().if_contains(name);
    member.parent_ = this;
    member.name_ = name;
    return member;
}

Member Member::element(std::size_t index, const bj::value& value) const {
    Member member(value);
    member.parent_ = this;
    member.index_ = index;
    return member;
}

Member Member::named(std::string_view name, const bj::value& value) const {
    Member member(value);
    member.parent_ = this;
    member.name_ = name;
    return member;
}

const bj::object& Member::asObject() const {
    if (value_ == nullptr || !value_->is_object()) refuse("an object");
    return value_->get_object();
}

const bj::array& Member::asArray(std::size_t maxSize) const {
    if (value_ == nullptr || !value_->is_array()) refuse("an array");
    const auto& array = value_->get_array();
    if (array.size() > maxSize) refuse(fmt::format("an array of at most {} elements", maxSize));
    return array;
}

std::string_view Member::asText(std::string_view right) const {
    if (value_ == nullptr || !value_->is_string()) refuse(right);
    const auto& text = value_->get_string();
    return {text.data(), text.size()};
}

std::string Member::path() const {
    if (parent_ == nullptr) return {};
    const std::string before = parent_->path();
    if (parent_->value_->is_array()) return fmt::format("{}[{}]", before, index_);
    const std::string name = quote(name_);
    const std::string_view bare(name.data() + 1, name.rfind('"') - 1);
    return before.empty() ? std::string(bare) : fmt::format("{}.{}", before, bare);
}

void Member::refuse(std::string_view right) const {
    const std::string where = path();
    throw std::invalid_argument(fmt::format("{} held {}; it must be {}", where.empty() ? "the span" : where,
                                            describe(value_), right));
}

}
