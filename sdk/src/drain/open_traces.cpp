#include <iterator>
#include <memory>
#include <new>
#include <utility>

#include <sidespan/detail/drain/load_summaries.h>
#include <sidespan/detail/drain/open_traces.h>

namespace sidespan::inline v0::detail {
namespace {

// The size of a trace in addition to its records: entries in list, table and vector.
constexpr std::size_t traceBytes = 192;

std::uint64_t nanosOf(std::chrono::nanoseconds time) noexcept {
    return static_cast<std::uint64_t>(time.count());
}

bool isFirst(const SpanView& span) noexcept {
    return !span.parentSpanId().isValid() || span.hasRemoteParent();
}

// A load summary describes all blocks of a lane; most of them are not kept.
bool isLoadSummary(const SpanView& span) noexcept {
    return span.lane() != 0 && !span.parentSpanId().isValid() && span.name() == loadSummaryName;
}

}

std::unique_ptr<HeldTraces> holdTraces(const TailSampler& rules, std::function<PassRecords> pass) {
    return std::make_unique<OpenTraces>(rules, std::move(pass));
}

OpenTraces::OpenTraces(const TailSampler& rules, Pass pass) : rules_(rules), pass_(std::move(pass)) {}

void OpenTraces::add(std::span<std::byte> record, std::uint64_t nowNanos) {
    const SpanView span(record.data());
    Trace* decided = nullptr;
    try {
        const auto trace = find(span.traceId(), nowNanos);
        if (trace->state == State::open) {
            addTo(trace, record, span);
        } else {
            decided = &*trace;
        }
    } catch (const std::bad_alloc&) {
        keptUnjudged_.fetch_add(1, std::memory_order_relaxed);
        return pass_(record, 1);
    }
    if (decided != nullptr) addLate(*decided, record, isRemarkable(span));
    if (bytes_ > rules_.maxBytes) judge(nowNanos);
}

OpenTraces::Traces::iterator OpenTraces::find(TraceId id, std::uint64_t nowNanos) {
    if (const auto found = byId_.find(id); found != byId_.end()) return found->second;
    open_.push_back({.id = id, .since = nowNanos, .records = {}});
    const auto trace = std::prev(open_.end());
    try {
        byId_.emplace(id, trace);
    } catch (const std::bad_alloc&) {
        open_.pop_back();
        throw;
    }
    bytes_ += traceBytes;
    return trace;
}

void OpenTraces::addTo(Traces::iterator trace, std::span<std::byte> record, const SpanView& span) {
    if (!trace->isOver && isFirst(span)) {
        over_.push_back(trace);
        trace->isOver = true;
    }
    const std::size_t before = trace->records.capacity();
    trace->records.insert(trace->records.end(), record.begin(), record.end());
    bytes_ += trace->records.capacity() - before;
    ++trace->count;
    held_.fetch_add(1, std::memory_order_relaxed);
    trace->isRemarkable = trace->isRemarkable || isRemarkable(span);
}

// A span with an error, or a slow one, is kept even if the rest of its trace was left out.
void OpenTraces::addLate(Trace& trace, std::span<std::byte> record, bool isRemarkable) {
    if (isRemarkable) trace.state = State::kept;
    if (trace.state == State::kept) return pass_(record, 1);
    notSampled_.fetch_add(1, std::memory_order_relaxed);
}

bool OpenTraces::isRemarkable(const SpanView& span) const noexcept {
    const std::uint64_t start = span.startUnixNano();
    const std::uint64_t end = span.endUnixNano();
    return span.status() == SpanStatus::error || isLoadSummary(span) ||
           (end >= start && end - start >= nanosOf(rules_.slowerThan));
}

void OpenTraces::judge(std::uint64_t nowNanos) {
    judgeThese(due_, nowNanos);
    due_.swap(over_);
    if (bytes_ > rules_.maxBytes || isOld(open_, nowNanos)) judgeThese(due_, nowNanos);
    age(nowNanos);
    makeRoom(nowNanos);
}

void OpenTraces::judgeThese(std::vector<Traces::iterator>& traces, std::uint64_t nowNanos) {
    for (const auto trace : std::exchange(traces, {}))
        decide(trace, isWanted(*trace) ? State::kept : State::dropped, nowNanos);
}

// Of the ordinary traces: the first and every Nth after it.
bool OpenTraces::isWanted(const Trace& trace) noexcept {
    if (trace.isRemarkable) return true;
    return rules_.keepOneIn != 0 && ordinary_++ % rules_.keepOneIn == 0;
}

// The decision is stored before the trace is passed on, which may fail.
void OpenTraces::decide(Traces::iterator trace, State state, std::uint64_t nowNanos) {
    const std::uint64_t count = std::exchange(trace->count, 0);
    std::vector<std::byte> records = std::exchange(trace->records, {});
    trace->state = state;
    trace->since = nowNanos;
    decided_.splice(decided_.end(), open_, trace);
    bytes_ -= records.capacity();
    held_.fetch_sub(count, std::memory_order_relaxed);
    if (state == State::dropped) notSampled_.fetch_add(count, std::memory_order_relaxed);
    if (state == State::kept && count > 0) pass_(records, count);
}

void OpenTraces::keepOldest(std::uint64_t nowNanos) {
    keptUnjudged_.fetch_add(open_.front().count, std::memory_order_relaxed);
    decide(open_.begin(), State::kept, nowNanos);
}

bool OpenTraces::isOld(const Traces& traces, std::uint64_t nowNanos) const noexcept {
    return !traces.empty() && traces.front().since + nanosOf(rules_.maxAge) <= nowNanos;
}

void OpenTraces::age(std::uint64_t nowNanos) {
    while (isOld(decided_, nowNanos)) forgetOldest();
    while (isOld(open_, nowNanos)) keepOldest(nowNanos);
}

// Decided traces are less useful than undecided ones.
void OpenTraces::makeRoom(std::uint64_t nowNanos) {
    while (bytes_ > rules_.maxBytes && !decided_.empty()) forgetOldest();
    while (bytes_ > rules_.maxBytes && !open_.empty()) keepOldest(nowNanos);
}

void OpenTraces::forgetOldest() noexcept {
    byId_.erase(decided_.front().id);
    decided_.pop_front();
    bytes_ -= traceBytes;
}

void OpenTraces::passAll(std::uint64_t nowNanos) {
    judgeThese(due_, nowNanos);
    judgeThese(over_, nowNanos);
    while (!open_.empty()) keepOldest(nowNanos);
}

std::uint64_t OpenTraces::clear() noexcept {
    due_.clear();
    over_.clear();
    byId_.clear();
    open_.clear();
    decided_.clear();
    bytes_ = 0;
    return held_.exchange(0, std::memory_order_relaxed);
}

}
