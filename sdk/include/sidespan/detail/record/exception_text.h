#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// What is recorded of an exception: copies of bounded size, cut between characters and ending in "…" where
/// they were longer.
class ExceptionText {
public:
    /// Allocates and frees the type's readable name; where there is no memory for it, or no run-time type
    /// information, the type is told as well as it can be.
    explicit ExceptionText(const std::exception& exception) noexcept;

    [[nodiscard]] std::string_view type() const noexcept { return {type_, typeSize_}; }
    [[nodiscard]] std::string_view message() const noexcept { return {message_, messageSize_}; }

private:
    std::size_t typeSize_ = 0;
    std::size_t messageSize_ = 0;
    char type_[255];
    char message_[1024];
};

}
