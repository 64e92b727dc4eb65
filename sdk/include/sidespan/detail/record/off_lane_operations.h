#pragma once

#include <chrono>
#include <cstdint>
#include <exception>

#include <sidespan/detail/record/exception_text.h>
#include <sidespan/detail/record/scratch.h>
#include <sidespan/detail/record/span_operations.h>
#include <sidespan/name.h>

namespace sidespan::inline v0::detail {

/// Gives the span another name; false, and counted, when the record has no room for it.
template <class Room>
bool changeName(OpenRecord& record, Room& room, Name name) noexcept {
    if (!item_writer::writeName(room, name.view())) return false;
    record.name = nullptr;
    record.nameLength = 0;
    return true;
}

/// Records an exception as the semantic conventions have it.
template <class Room>
void writeException(Room& room, std::uint64_t ticks, const ExceptionText& text) noexcept {
    item_writer::writeEvent(room, "exception", {ticks}, attr("exception.type", text.type()),
                            attr("exception.message", text.message()));
}

/// Further operations of an open span that is not on a lane. In addition, `Handle` has
/// - `void edit(auto&& f)`: calls `f(record, room)` with the OpenRecord and a Room, if the span is open.
///
/// None of these throws (except what a callable name throws) or blocks on I/O.
template <class Handle>
class OffLaneOperations : public SpanOperations<Handle> {
public:
    /// Records a caught exception as an event "exception" with its type, cut to 255 bytes, and its message,
    /// cut to 1,024. The span's status does not change: the caller decides whether the exception is an error.
    /// Allocates and frees the type's readable name.
    void recordException(const std::exception& exception) noexcept {
        if (!self().isRecording()) return;
        const std::uint64_t ticks = self().now();
        const ExceptionText text(exception);
        self().edit([&](OpenRecord&, auto& room) { writeException(room, ticks, text); });
    }

    /// Replaces the span's name: `updateName(Name::copied("GET " + route))`. If the record has no room, the
    /// name stays and an attribute is counted as dropped.
    void updateName(Literal name) noexcept {
        self().edit([&](OpenRecord& record, auto&) {
            record.name = name.data();
            record.nameLength = name.size();
        });
    }
    template <RuntimeName N>
    void updateName(const N& name) noexcept(!LazyName<N>) {
        if constexpr (LazyName<N>) {
            if (!self().isRecording()) return;
            const auto& text = name();
            updateName(Name::copied(text));
        } else {
            self().edit([&](OpenRecord& record, auto& room) { changeName(record, room, name); });
        }
    }

    /// When the operation began and ended, if it was measured elsewhere; by default the begin and end of the
    /// handle. An end before the begin becomes the begin. A time before 1970 becomes 1970.
    void setStartTime(std::chrono::system_clock::time_point time) noexcept { setTime(startTimeFlag, time); }
    void setEndTime(std::chrono::system_clock::time_point time) noexcept { setTime(endTimeFlag, time); }

protected:
    OffLaneOperations() = default;
    ~OffLaneOperations() = default;
    OffLaneOperations(const OffLaneOperations&) = default;
    OffLaneOperations& operator=(const OffLaneOperations&) = default;

private:
    void setTime(std::uint8_t which, std::chrono::system_clock::time_point time) noexcept {
        self().edit([&](OpenRecord&, auto& room) { item_writer::writeTime(room, which, unixNanos(time)); });
    }
    [[nodiscard]] Handle& self() noexcept { return static_cast<Handle&>(*this); }
};

}
