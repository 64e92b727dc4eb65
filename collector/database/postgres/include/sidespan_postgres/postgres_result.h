#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

struct pg_result;

namespace sidespan::database {

/// The rows of one statement, as text. Rows and columns count from 0.
class PostgresResult {
public:
    explicit PostgresResult(pg_result* result) noexcept : result_(result) {}

    [[nodiscard]] int rows() const noexcept;
    /// Rows that the statement inserted, changed or deleted.
    [[nodiscard]] std::int64_t changed() const noexcept;
    [[nodiscard]] bool isNull(int row, int column) const noexcept;
    /// Valid as long as this result; empty for NULL.
    [[nodiscard]] std::string_view text(int row, int column) const noexcept;
    /// 0 for NULL.
    [[nodiscard]] std::int64_t integer(int row, int column) const noexcept;
    /// False for NULL.
    [[nodiscard]] bool boolean(int row, int column) const noexcept { return text(row, column) == "t"; }

private:
    struct Clear {
        void operator()(pg_result* result) const noexcept;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

}
