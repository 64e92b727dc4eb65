#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sidespan::collector {

/// A gzip body that cannot be unpacked.
class GzipError : public std::runtime_error {
public:
    enum class Kind { malformed, tooLarge };
    GzipError(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
    [[nodiscard]] Kind kind() const noexcept { return kind_; }

private:
    Kind kind_;
};

/// Unpacks a gzip file of one or more members (RFC 1952). Stops as soon as the result would pass `limit`
/// bytes. Throws GzipError.
[[nodiscard]] std::string gunzip(std::string_view packed, std::size_t limit);

}
