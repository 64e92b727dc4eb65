#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/uuid/uuid.hpp>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// What a batch is known by, to the server through `Idempotency-Key` and on disk: a UUID (RFC 9562).
class BatchId {
public:
    static constexpr std::size_t size = 16;

    /// The nil UUID, which names nothing.
    BatchId() noexcept : uuid_{} {}

    /// Version 4.
    [[nodiscard]] static BatchId random();
    /// Version 5, of this one's `part`: the same whenever it is asked for, so a batch that is split again
    /// after a crash gives the same parts.
    [[nodiscard]] BatchId part(unsigned number) const;
    /// From `size` bytes; fewer give the nil UUID.
    [[nodiscard]] static BatchId fromBytes(std::string_view bytes) noexcept;
    /// 36 characters.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] const boost::uuids::uuid& uuid() const noexcept { return uuid_; }

    friend bool operator==(const BatchId&, const BatchId&) = default;

private:
    explicit BatchId(const boost::uuids::uuid& uuid) noexcept : uuid_(uuid) {}
    boost::uuids::uuid uuid_;
};

}
