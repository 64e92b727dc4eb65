#pragma once

#include <cstddef>
#include <span>

#include <sidespan/detail/drain/time_base.h>
#include <sidespan/detail/record/id_keys.h>
#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// Turns records as they were recorded into records as a sink reads them, in place: counters become ids,
/// ticks become Unix nanoseconds, and of a key set twice only the last value stays. Drain thread; allocates
/// nothing.
void finishRecords(std::span<std::byte> records, const IdKeys& keys, const TimeBase& time) noexcept;

}
