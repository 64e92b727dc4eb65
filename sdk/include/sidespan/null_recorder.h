#pragma once

#include <chrono>
#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <sidespan/config.h>
#include <sidespan/detail/shared_instance.h>
#include <sidespan/lane_options.h>
#include <sidespan/null_span.h>
#include <sidespan/policy/clock_policy.h>
#include <sidespan/policy/lock_policy.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/propagation/extract.h>
#include <sidespan/propagation/inject.h>
#include <sidespan/span_handle.h>
#include <sidespan/stats.h>

namespace sidespan::inline v0 {

template <ClockPolicy Clock, SinkPolicy Sink, LockPolicy Lock>
class Recorder;

/// A sink that wants no spans at all: a recorder with one has no queue and no thread, and its handles are
/// empty.
template <class S>
concept DiscardingSink = SinkPolicy<S> && S::discardsEverything;

/// The lane of a recorder that discards everything.
class NullLane {
public:
    using Span = NullLaneSpan;
    using BlockSpan = NullBlockSpan;

    NullLane() = default;
    SIDESPAN_ALWAYS_INLINE constexpr NullLane(NullLane&&) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr NullLane& operator=(NullLane&&) noexcept { return *this; }

    SIDESPAN_ALWAYS_INLINE constexpr void close() noexcept {}
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullLaneSpan span(Literal,
                                                                     const SpanContext& = {}) noexcept {
        return {};
    }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullBlockSpan block(int, bool = false) noexcept {
        return {};
    }
    SIDESPAN_ALWAYS_INLINE constexpr void keepAll(bool) noexcept {}
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr std::uint64_t misuses() const noexcept { return 0; }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr bool isOpen() const noexcept { return false; }
};

/// The recorder of a build without tracing. An instrumented function compiles to the instructions of the
/// plain one.
template <ClockPolicy Clock, DiscardingSink Sink, LockPolicy Lock>
class Recorder<Clock, Sink, Lock> {
public:
    using ScopedSpan = NullScopedSpan;
    using ContinuedSpan = NullContinuedSpan;
    using OpenSpan = NullOpenSpan;
    using SharedSpan = NullSharedSpan;
    using Lane = NullLane;

    explicit Recorder(Config config = {}) noexcept
        : consent_(std::move(config.consent)), propagators_(config.propagators) {}
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    [[nodiscard]] SIDESPAN_HIDDEN static std::shared_ptr<Recorder> shared(Config config) {
        const Consent given = config.consent;
        auto recorder = detail::sharedInstance<Recorder>(
            detail::sharedSlot<Recorder>(), [&] { return std::make_unique<Recorder>(std::move(config)); });
        recorder->consent_.join(given);
        return recorder;
    }

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullScopedSpan span(Literal,
                                                                       const SpanContext& = {}) noexcept {
        return {};
    }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan openSpan(Literal,
                                                                         const SpanContext& = {}) noexcept {
        return {};
    }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr SpanHandle startSpan(Literal,
                                                                        const SpanContext& = {}) noexcept {
        return {};
    }
    template <RuntimeName N>
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullScopedSpan span(const N&,
                                                                       const SpanContext& = {}) noexcept {
        return {};
    }
    template <RuntimeName N>
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan openSpan(const N&,
                                                                         const SpanContext& = {}) noexcept {
        return {};
    }
    template <RuntimeName N>
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr SpanHandle startSpan(const N&,
                                                                        const SpanContext& = {}) noexcept {
        return {};
    }
    template <RuntimeName N, std::same_as<RemoteContext> Received>
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullContinuedSpan span(const N&,
                                                                          const Received&) noexcept {
        return {};
    }
    template <std::same_as<RemoteContext> Received>
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullContinuedSpan span(Literal, const Received&) noexcept {
        return {};
    }
    template <std::same_as<RemoteContext> Received>
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan openSpan(Literal, const Received&) noexcept {
        return {};
    }
    template <std::same_as<RemoteContext> Received>
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr SpanHandle startSpan(Literal, const Received&) noexcept {
        return {};
    }
    template <RuntimeName N, std::same_as<RemoteContext> Received>
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr NullOpenSpan openSpan(const N&, const Received&) noexcept {
        return {};
    }
    template <RuntimeName N, std::same_as<RemoteContext> Received>
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr SpanHandle startSpan(const N&, const Received&) noexcept {
        return {};
    }
    template <class Carrier>
    [[nodiscard]] RemoteContext extract(const Carrier& carrier) const {
        return sidespan::extract(carrier, propagators_);
    }
    template <class Source, HeaderCarrier Carrier>
    void inject(const Source& source, Carrier&& carrier, const RemoteContext* received = nullptr) const {
        sidespan::inject(source, carrier,
                         {.consent = consent_, .propagators = propagators_, .received = received});
    }
    template <AttributeInput V>
    SIDESPAN_ALWAYS_INLINE constexpr void addAttribute(SpanHandle, Literal, const V&) noexcept {}
    template <class V>
    requires(!AttributeInput<V>) constexpr void addAttribute(SpanHandle, Literal, const V&) noexcept {
        detail::refuseAttribute<V>();
    }
    template <detail::PlainAttributeValue... Vs>
    SIDESPAN_ALWAYS_INLINE constexpr void recordEvent(SpanHandle, Literal,
                                                      AttributeArgument<Vs>...) noexcept {}
    template <detail::PlainAttributeValue... Vs>
    SIDESPAN_ALWAYS_INLINE constexpr void recordEvent(SpanHandle, Literal,
                                                      std::chrono::system_clock::time_point,
                                                      AttributeArgument<Vs>...) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void recordException(SpanHandle, const std::exception&) noexcept {}
    SIDESPAN_ALWAYS_INLINE constexpr void endSpan(SpanHandle, SpanStatus = SpanStatus::unset,
                                                  std::string_view = {}) noexcept {}
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE constexpr SpanContext contextOf(SpanHandle) const noexcept {
        return {};
    }

    [[nodiscard]] constexpr NullLane openLane(const LaneOptions& = {}) noexcept { return {}; }

    bool flush(std::chrono::nanoseconds) noexcept { return true; }
    bool shutdown(std::chrono::nanoseconds) noexcept { return true; }
    [[nodiscard]] Stats stats() noexcept { return {}; }
    [[nodiscard]] Consent consent() const { return consent_; }
    [[nodiscard]] const std::optional<Error>& configError() const noexcept { return configError_; }
    [[nodiscard]] Sink& sink() noexcept { return sink_; }
    [[nodiscard]] Clock& clock() noexcept { return clock_; }

private:
    Consent consent_;
    Propagators propagators_ = Propagators::all;
    std::optional<Error> configError_;
    SIDESPAN_NO_UNIQUE_ADDRESS Sink sink_;
    SIDESPAN_NO_UNIQUE_ADDRESS Clock clock_;
};

}
