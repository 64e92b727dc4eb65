#pragma once

#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include <sidespan/config.h>
#include <sidespan/deadline.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/span_batch.h>

namespace sidespan::inline v0 {

/// Gives every batch to several sinks, one after the other: `TeeSink<HttpSink, FileSink<>>`. Each has its own
/// counts; `stats()` returns those of the first. `flush()` and `shutdown()` first flush all sinks but the
/// first with an expired deadline, so that all send while one waits. `flush()` does not ask a sink again that
/// has reported success.
template <SinkPolicy First, SinkPolicy... Others>
class TeeSink {
public:
    /// The error of the first sink with a problem. Then no sink records.
    [[nodiscard]] static std::optional<Error>(check)(const Config& config) {
        auto wrong = detail::checkForSink<First>(config);
        (..., (wrong = wrong ? std::move(wrong) : detail::checkForSink<Others>(config)));
        return wrong;
    }
    explicit TeeSink(const ValidConfig& config) : sinks_(from<First>(config), from<Others>(config)...) {}

    void prepare() {
        each([](auto& sink) {
            if constexpr (requires { sink.prepare(); }) sink.prepare();
        });
    }
    void start() {
        each([](auto& sink) { sink.start(); });
    }
    void consume(const SpanBatch& batch) {
        each([&](auto& sink) { sink.consume(batch); });
    }
    /// True if all sinks return true.
    bool flush(Deadline deadline) {
        return flush(deadline, [] { return true; });
    }
    bool flush(Deadline deadline, const Meanwhile& meanwhile) {
        const auto flushOne = [&]<class S>(S& sink) {
            if constexpr (requires { sink.flush(deadline, meanwhile); }) {
                return sink.flush(deadline, meanwhile);
            } else {
                return sink.flush(deadline);
            }
        };
        return std::apply(
            [&](auto& first, auto&... others) {
                const bool areFlushed[] = {false, beginToSend(others)...};
                const bool* isFlushed = areFlushed;
                bool allAre = flushOne(first);
                (..., (allAre &= *++isFlushed || flushOne(others)));
                return allAre;
            },
            sinks_);
    }
    [[nodiscard]] bool isOwnThread() const {
        bool isOne = false;
        std::apply([&](const auto&... sinks) { (..., (isOne |= isThreadOf(sinks))); }, sinks_);
        return isOne;
    }
    void purge() {
        each([](auto& sink) { sink.purge(); });
    }
    bool shutdown(Deadline deadline) {
        std::apply([](auto&, auto&... others) { (..., beginToSend(others)); }, sinks_);
        bool isDelivered = true;
        each([&](auto& sink) { isDelivered &= sink.shutdown(deadline); });
        return isDelivered;
    }
    void noteUpstreamLosses(const DropCounts& losses) {
        each([&]<class S>(S& sink) {
            if constexpr (requires { sink.noteUpstreamLosses(losses); }) sink.noteUpstreamLosses(losses);
        });
    }
    [[nodiscard]] SinkStats stats() const { return std::get<0>(sinks_).stats(); }

    /// The sink of type S. Each type may occur once.
    template <class S>
    [[nodiscard]] S& sink() noexcept {
        return std::get<Holder<S>>(sinks_);
    }

private:
    // Made in place: a sink holds mutexes and threads and cannot be moved.
    template <class S>
    struct Holder : S {
        explicit Holder(const ValidConfig* config) : S(*config) {}
    };
    template <class S>
    static const ValidConfig* from(const ValidConfig& config) noexcept {
        return &config;
    }
    template <class S>
    static bool isThreadOf(const S& sink) {
        if constexpr (requires { sink.isOwnThread(); }) {
            return sink.isOwnThread();
        } else {
            return false;
        }
    }
    // The sinks before it may wait until the deadline for a server that does not answer.
    template <class S>
    static bool beginToSend(S& sink) {
        return sink.flush(deadlineIn({}));
    }
    template <class F>
    void each(F f) {
        std::apply([&](auto&... sinks) { (f(sinks), ...); }, sinks_);
    }

    std::tuple<Holder<First>, Holder<Others>...> sinks_;
};

}
