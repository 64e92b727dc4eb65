#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// An application's own values that travel with a trace: the `baggage` header (W3C Baggage). Every server on
/// the way can read them, so they must not contain secrets.
///
/// Holds at most 64 members and 8192 bytes, always in the form of a valid header.
class Baggage {
public:
    static constexpr std::size_t maxMembers = 64;
    static constexpr std::size_t maxBytes = 8192;

    Baggage() = default;

    /// Reads a header's value; join several headers with commas first. A member that is malformed or beyond a
    /// limit is ignored as a whole. The others are kept in order, with their properties. Throws
    /// std::bad_alloc only.
    [[nodiscard]] static Baggage parse(std::string_view value);

    /// A decoded member: the value is percent-decoded UTF-8, with U+FFFD for bytes that are not UTF-8.
    struct Member {
        std::string key;
        std::string value;
        std::string metadata;  ///< its properties as they stand in the header, such as "ttl=60;internal"

        friend bool operator==(const Member&, const Member&) = default;
    };
    /// All of them, in order.
    [[nodiscard]] std::vector<Member> members() const;

    /// The value of the first member of that key, as in `Member`.
    [[nodiscard]] std::optional<std::string> get(std::string_view key) const;

    /// Sets a member, percent-encoding its value. Returns false and changes nothing if the key is not a token
    /// (RFC 9110, section 5.6.2), the metadata are not properties that a header can hold, or a limit would be
    /// exceeded.
    bool set(std::string_view key, std::string_view value, std::string_view metadata = {});

    /// Removes every member of that key.
    void remove(std::string_view key);

    [[nodiscard]] bool isEmpty() const noexcept { return text_.empty(); }
    /// How many members there are.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// The header's value.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    friend bool operator==(const Baggage&, const Baggage&) = default;

private:
    bool append(std::string_view member);

    std::string text_;
    std::size_t size_ = 0;
};

}
