#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidespan::database {

/// An array of one type, in PostgreSQL's binary form, for `unnest`.
class PostgresArray {
public:
    /// Element types. `uuid` is 16 bytes, `jsonb` is JSON text, `integer` and `bigint` are numbers, `date` is
    /// days since 2000-01-01.
    enum class Type : std::uint32_t {
        bytea = 17,
        bigint = 20,
        integer = 23,
        text = 25,
        date = 1082,
        uuid = 2950,
        jsonb = 3802
    };

    explicit PostgresArray(Type type) : type_(type) {}

    /// Bytes of a text, a bytea, a uuid or a jsonb.
    void add(std::string_view bytes);
    /// The same, or NULL when there are none.
    void addOptional(std::string_view bytes);
    void add(std::int64_t number);
    void addNull();

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] Type type() const noexcept { return type_; }
    /// The complete array, as it is sent.
    [[nodiscard]] std::string bytes() const;

private:
    Type type_;
    std::size_t size_ = 0;
    bool hasNull_ = false;
    std::string elements_;
};

/// The values of `$1`, `$2`, … in one statement.
class PostgresParameters {
public:
    /// As text, which the statement converts to its type. Throws std::invalid_argument if it contains U+0000:
    /// the server would use only the part before it.
    PostgresParameters& add(std::string_view text);
    PostgresParameters& add(std::int64_t number);
    PostgresParameters& add(const PostgresArray& array);
    PostgresParameters& addNull();
    /// Text, or NULL when it is empty.
    PostgresParameters& addOptional(std::string_view text);

    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }

private:
    friend class PostgresConnection;
    PostgresParameters& push(std::optional<std::string> value, std::uint32_t type, bool isBinary);

    std::vector<std::optional<std::string>> values_;
    std::vector<std::uint32_t> types_;  // 0: the server finds it out
    std::vector<int> formats_;          // 1: binary
};

}
