#pragma once

#include <cstdint>
#include <optional>

#include <sidespan/propagation/trace_state.h>

/// OpenTelemetry's own member of a trace state, `ot`, with the sub-keys of probability sampling: `th` is the
/// threshold below which traces were not sampled, `rv` the randomness of a trace whose id is not random
/// (opentelemetry-specification, "TraceState: Probability Sampling"). Both are numbers of 56 bits.
namespace sidespan::inline v0::detail {

/// `rv`: 14 hex digits; empty if it is missing or malformed.
[[nodiscard]] std::optional<std::uint64_t> explicitRandomness(const TraceState& state) noexcept;

/// Sets `th`, or removes it when there is no threshold; the other sub-keys stay. Throws std::bad_alloc only.
void setThreshold(TraceState& state, std::optional<std::uint64_t> threshold);

/// Moves the member to the front, where it is the last one to be cut off. Throws std::bad_alloc only.
void putThresholdFirst(TraceState& state);

}
