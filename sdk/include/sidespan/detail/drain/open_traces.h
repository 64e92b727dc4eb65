#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <unordered_map>
#include <vector>

#include <sidespan/detail/drain/held_traces.h>
#include <sidespan/sampler.h>
#include <sidespan/span_view.h>
#include <sidespan/trace_id.h>

namespace sidespan::inline v0::detail {

/// The traces that a TailSampler holds back until their first span has ended. Remembers its earlier
/// decisions, so that spans that come later are treated in the same way.
class OpenTraces final : public HeldTraces {
public:
    OpenTraces(const TailSampler& rules, Pass pass);

    void add(std::span<std::byte> record, std::uint64_t nowNanos) override;
    void judge(std::uint64_t nowNanos) override;
    void passAll(std::uint64_t nowNanos) override;
    std::uint64_t clear() noexcept override;

    [[nodiscard]] std::uint64_t held() const noexcept override {
        return held_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t notSampled() const noexcept override {
        return notSampled_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t keptUnjudged() const noexcept override {
        return keptUnjudged_.load(std::memory_order_relaxed);
    }

private:
    enum class State : std::uint8_t { open, kept, dropped };
    struct Trace {
        TraceId id;
        std::uint64_t since;  // when its first span came, or when it was decided
        State state = State::open;
        bool isOver = false;        // its first span has ended
        bool isRemarkable = false;  // it has an error or a slow span
        std::uint64_t count = 0;
        std::vector<std::byte> records;
    };
    using Traces = std::list<Trace>;  // oldest first

    Traces::iterator find(TraceId id, std::uint64_t nowNanos);
    void addTo(Traces::iterator trace, std::span<std::byte> record, const SpanView& span);
    void addLate(Trace& trace, std::span<std::byte> record, bool isRemarkable);
    [[nodiscard]] bool isRemarkable(const SpanView& span) const noexcept;
    [[nodiscard]] bool isWanted(const Trace& trace) noexcept;
    void decide(Traces::iterator trace, State state, std::uint64_t nowNanos);
    void keepOldest(std::uint64_t nowNanos);
    void judgeThese(std::vector<Traces::iterator>& traces, std::uint64_t nowNanos);
    [[nodiscard]] bool isOld(const Traces& traces, std::uint64_t nowNanos) const noexcept;
    void age(std::uint64_t nowNanos);
    void makeRoom(std::uint64_t nowNanos);
    void forgetOldest() noexcept;

    TailSampler rules_;
    Pass pass_;
    Traces open_;
    Traces decided_;  // without records
    std::unordered_map<TraceId, Traces::iterator> byId_;
    std::size_t bytes_ = 0;
    std::uint64_t ordinary_ = 0;          // traces with nothing remarkable, so far
    std::vector<Traces::iterator> over_;  // still open; their first span has ended since the last drain
    std::vector<Traces::iterator> due_;   // the same, before it
    std::atomic<std::uint64_t> held_{0};
    std::atomic<std::uint64_t> notSampled_{0};
    std::atomic<std::uint64_t> keptUnjudged_{0};
};

}
