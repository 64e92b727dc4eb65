#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <sidespan/trace_id.h>

namespace sidespan::inline v0::detail {

/// A UUID (RFC 9562): names a batch to the server, through `Idempotency-Key`, and on disk.
class Uuid {
public:
    static constexpr std::size_t size = 16;

    /// The nil UUID, which names nothing.
    Uuid() noexcept = default;

    /// Version 4.
    [[nodiscard]] static Uuid random();
    /// A version 5 UUID made of this one and `number`. It is always the same, so a batch that is split again
    /// after a crash gives the same parts.
    [[nodiscard]] Uuid part(unsigned number) const;
    /// From `size` bytes; fewer give the nil UUID.
    [[nodiscard]] static Uuid fromBytes(std::string_view bytes) noexcept;
    [[nodiscard]] std::string bytes() const;
    /// 36 characters.
    [[nodiscard]] std::string text() const { return value_.toUuid(); }

    friend bool operator==(const Uuid&, const Uuid&) = default;

private:
    explicit Uuid(TraceId value) noexcept : value_(value) {}
    TraceId value_;  // has the 16 bytes and their text
};

}
