#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

/// A value in a document, with its path, which errors name.
namespace sidespan::inline v0::detail {

class Member {
public:
    /// The document itself. `document` must outlive every member made from it.
    explicit Member(const boost::json::value& document) : value_(&document) {}

    /// The member of that name, which may be missing. Refuses a value that is not an object. A member refers
    /// to the one that it was taken from.
    [[nodiscard]] Member operator[](std::string_view name) const;
    /// An element of this array, or a member of this object.
    [[nodiscard]] Member element(std::size_t index, const boost::json::value& value) const;
    [[nodiscard]] Member named(std::string_view name, const boost::json::value& value) const;

    /// Neither missing nor null.
    [[nodiscard]] bool isThere() const noexcept { return value_ != nullptr && !value_->is_null(); }
    [[nodiscard]] const boost::json::value* value() const noexcept { return value_; }

    [[nodiscard]] const boost::json::object& asObject() const;
    /// The elements, at most `maxSize`.
    [[nodiscard]] const boost::json::array& asArray(std::size_t maxSize) const;
    /// The text. Refuses a value of another type: `right` says what it must be.
    [[nodiscard]] std::string_view asText(std::string_view right) const;

    /// Throws std::invalid_argument: "events[2].name held 7; it must be <right>".
    [[noreturn]] void refuse(std::string_view right) const;

private:
    Member() = default;
    [[nodiscard]] std::string path() const;

    const Member* parent_ = nullptr;
    std::string_view name_;
    std::size_t index_ = 0;
    const boost::json::value* value_ = nullptr;
};

}
