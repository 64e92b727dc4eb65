#pragma once

#include <cstddef>
#include <string_view>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/record/record.h>

namespace sidespan::inline v0::detail {

/// Longer text is cut when it is written, and a longer array is left out: it could not fit into a record.
inline constexpr std::size_t maxTextBytes =
    maxRecordBytes - sizeof(SpanItem) - sizeof(DroppedItem) - statusRoomBytes - 16;

/// The item writer writes the items of an open span into room that a `Room` finds:
/// - `std::byte* reserve(std::size_t size)`: room for one item, advanced past; null when there is none;
/// - `std::size_t room()`: how much is left; called only if it may not suffice;
/// - `void openStatusRoom()`: adds the room that was reserved for the status message;
/// - `std::uint32_t depth()`: of the span within its lane, else 0;
/// - `void refused(Part part)`: counts what did not fit.
/// A room that never refuses says so by `static constexpr bool neverRefuses = true`.
namespace item_writer {

/// Room for an item of `size` bytes, or null.
template <class Room>
SIDESPAN_ALWAYS_INLINE std::byte* take(Room& room, std::size_t size, Part part) noexcept {
    std::byte* at = room.reserve(size);
    if constexpr (!Room::neverRefuses) {
        if (at == nullptr) [[unlikely]]
            room.refused(part);
    }
    return at;
}

template <class Room>
[[nodiscard]] constexpr bool isRefused(const std::byte* at) noexcept {
    return !Room::neverRefuses && at == nullptr;
}

}

}
