#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// Compresses request bodies (RFC 1952), fast rather than small, into a buffer that is kept for the next one.
class Gzip {
public:
    Gzip();
    ~Gzip();

    /// The result is valid until the next call. It is empty if zlib had no memory or the result would not be
    /// smaller.
    [[nodiscard]] std::string_view compress(std::string_view body);

private:
    struct Stream;
    std::unique_ptr<Stream> stream_;
    std::string out_;
};

}
