#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// The recorded parts of an exception: copies of limited size, cut between characters and then ending in an
/// ellipsis.
class ExceptionText {
public:
    /// Allocates and frees the type's readable name. Without memory, or without run-time type information, it
    /// uses the best name available.
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
