// What the headers promise about sizes, copies and exceptions. Nothing here runs: that it compiles is the
// test.

#include <array>
#include <chrono>
#include <exception>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/lock/spin_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_memory/memory_sink.h>
#include <sidespan/sink_null/null_sink.h>

namespace {

using namespace sidespan;

template <class T>
constexpr bool isPlain = std::is_trivially_copyable_v<T>&& std::is_trivially_destructible_v<T>;
template <class T>
constexpr bool isStuck =
    !std::is_copy_constructible_v<T> && !std::is_move_constructible_v<T> && !std::is_copy_assignable_v<T>;
template <class T>
constexpr bool isMovable = std::is_nothrow_move_constructible_v<T>&& std::is_nothrow_move_assignable_v<T> &&
                           !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;

// Values that cross threads are plain bytes.
static_assert(isPlain<TraceId> && sizeof(TraceId) == 16);
static_assert(isPlain<SpanId> && sizeof(SpanId) == 8);
static_assert(isPlain<SpanContext> && sizeof(SpanContext) <= 32);
static_assert(isPlain<SpanHandle> && sizeof(SpanHandle) == 8);
static_assert(isPlain<Literal> && isPlain<SpanView> && isPlain<SpanBatch> && isPlain<Stats>);
static_assert(std::is_default_constructible_v<SpanContext> && !SpanContext().isValid());

// Records.
static_assert(isPlain<detail::SpanItem> && sizeof(detail::SpanItem) == 64 && alignof(detail::SpanItem) == 8);
static_assert(isPlain<detail::ItemWord> && sizeof(detail::ItemWord) == 8);
static_assert(isPlain<detail::DroppedItem> && sizeof(detail::DroppedItem) % 8 == 0);
static_assert(detail::maxRecordBytes <= 0xffff, "an item's size has 16 bits");
static_assert(alignof(detail::HandOff<SpinLock>::Shard) == 64, "shards share no cache line");

using Mutexed = Recorder<SteadyClock, MemorySink, std::mutex>;
using Spinning = Recorder<SteadyClock, MemorySink, SpinLock>;
using Alone = Recorder<SteadyClock, MemorySink, NullLock>;

// Handles.
static_assert(isStuck<Mutexed::ScopedSpan> && !std::is_default_constructible_v<Mutexed::ScopedSpan>);
static_assert(isMovable<Mutexed::OpenSpan> && std::is_nothrow_default_constructible_v<Mutexed::OpenSpan>);
static_assert(sizeof(Mutexed::OpenSpan) <= 32);
static_assert(isMovable<Mutexed::Lane> && sizeof(Mutexed::Lane) <= 16);
static_assert(isStuck<Mutexed::Lane::Span> && sizeof(Mutexed::Lane::Span) <= 40);
static_assert(isStuck<Mutexed> && isStuck<Spinning> && isStuck<Alone>);
static_assert(!std::is_same_v<Mutexed::ScopedSpan, Spinning::ScopedSpan>);

// Nothing when empty.
using Null = Recorder<SteadyClock, NullSink, std::mutex>;
static_assert(std::is_empty_v<Null::ScopedSpan> && std::is_empty_v<Null::OpenSpan> &&
              std::is_empty_v<Null::Lane> && std::is_empty_v<Null::Lane::Span> &&
              std::is_empty_v<Null::Lane::BlockSpan> && std::is_empty_v<NullSink>);
static_assert(std::is_empty_v<SteadyClock> && std::is_empty_v<NullLock>);

// With no sink code may do what it may with one, and no more.
template <class A, class B>
constexpr bool canDoTheSame =
    isStuck<A> == isStuck<B>&& isMovable<A> == isMovable<B>&& std::is_default_constructible_v<A> ==
    std::is_default_constructible_v<B>&& std::is_trivially_copyable_v<A> == std::is_trivially_copyable_v<B>;
static_assert(canDoTheSame<Null::ScopedSpan, Mutexed::ScopedSpan> &&
              canDoTheSame<Null::OpenSpan, Mutexed::OpenSpan> && canDoTheSame<Null::Lane, Mutexed::Lane> &&
              canDoTheSame<Null::Lane::Span, Mutexed::Lane::Span> &&
              canDoTheSame<Null::Lane::BlockSpan, Mutexed::Lane::BlockSpan>);
static_assert(!std::is_same_v<Null::ScopedSpan, Null::OpenSpan> &&
              !std::is_same_v<Null::Lane::Span, Null::Lane::BlockSpan> &&
              !std::is_same_v<Null::ScopedSpan, Null::Lane::Span>);
template <class S>
constexpr bool canEnd = requires(S& span) {
    span.end();
};
template <class R>
constexpr bool canBeUsedWhenConst = requires(const R& recorder) {
    recorder.span("a");
}
|| requires(const R& recorder) {
    recorder.stats();
}
|| requires(const R& recorder) {
    recorder.openLane();
};
static_assert(canEnd<Null::OpenSpan> && !canEnd<Null::ScopedSpan> && canEnd<Mutexed::OpenSpan> &&
              !canEnd<Mutexed::ScopedSpan> && !canBeUsedWhenConst<Null> && !canBeUsedWhenConst<Mutexed>);
static_assert(!std::is_polymorphic_v<Null> && isStuck<Null>);

// Recording never throws.
template <class R>
constexpr bool recordsWithoutThrowing = requires(R& recorder, SpanContext context, SpanHandle handle,
                                                 std::string_view text) {
    { recorder.span("a") }
    noexcept;
    { recorder.span("a", context) }
    noexcept;
    { recorder.openSpan("a", context) }
    noexcept;
    { recorder.startSpan("a", context) }
    noexcept;
    { recorder.addAttribute(handle, "k", 1) }
    noexcept;
    { recorder.recordEvent(handle, "e") }
    noexcept;
    { recorder.recordEvent(handle, "e", attr("k", 1)) }
    noexcept;
    { recorder.span(Name::copied(text), context) }
    noexcept;
    { recorder.openSpan(Name::copied(text), context) }
    noexcept;
    { recorder.startSpan(Name::copied(text), context) }
    noexcept;
    { recorder.endSpan(handle, SpanStatus::error, text) }
    noexcept;
    { recorder.contextOf(handle) }
    noexcept;
};
template <class S>
constexpr bool saysWithoutThrowing = requires(S& span, SpanContext context, const std::string& text,
                                              std::string_view why) {
    { span.set("k", 1) }
    noexcept;
    { span.set("k", 0.5) }
    noexcept;
    { span.set("k", true) }
    noexcept;
    { span.set("k", text) }
    noexcept;
    { span.set("k", {1, 2}) }
    noexcept;
    { span.set("k", std::array{0.5}) }
    noexcept;
    { span.event("e") }
    noexcept;
    { span.event("e", attr("k", text)) }
    noexcept;
    { span.link(context) }
    noexcept;
    { span.link(context, attr("k", 1)) }
    noexcept;
    { span.setStatus(SpanStatus::error, why) }
    noexcept;
    { span.setKind(SpanKind::client) }
    noexcept;
    { span.child("c") }
    noexcept;
    { span.context() }
    noexcept;
    { span.isRecording() }
    noexcept;
    requires std::is_nothrow_destructible_v<S>;
};
template <class S>
constexpr bool saysOffLanesWithoutThrowing = requires(S& span, const std::string& text,
                                                      std::chrono::system_clock::time_point time,
                                                      const std::exception& error) {
    { span.recordException(error) }
    noexcept;
    { span.updateName("literal") }
    noexcept;
    { span.updateName(Name::copied(text)) }
    noexcept;
    { span.setStartTime(time) }
    noexcept;
    { span.setEndTime(time) }
    noexcept;
    { span.child(Name::copied(text)) }
    noexcept;
};
static_assert(saysOffLanesWithoutThrowing<Mutexed::ScopedSpan> &&
              saysOffLanesWithoutThrowing<Mutexed::OpenSpan> &&
              saysOffLanesWithoutThrowing<Null::ScopedSpan> && saysOffLanesWithoutThrowing<Null::OpenSpan>);
// What allocates, or what a lane's record has no place for.
template <class S>
constexpr bool saysOnLanes = requires(S& span, const std::exception& error) {
    span.recordException(error);
}
|| requires(S& span) {
    span.updateName("literal");
}
|| requires(S& span) {
    span.child(Name::copied("x"));
}
|| requires(S& span, std::chrono::system_clock::time_point time) {
    span.setStartTime(time);
};
static_assert(!saysOnLanes<Mutexed::Lane::Span> && !saysOnLanes<Mutexed::Lane::BlockSpan> &&
              !saysOnLanes<Null::Lane::Span> && !saysOnLanes<Null::Lane::BlockSpan>);
static_assert(recordsWithoutThrowing<Mutexed> && recordsWithoutThrowing<Spinning> &&
              recordsWithoutThrowing<Alone> && recordsWithoutThrowing<Null>);
static_assert(saysWithoutThrowing<Mutexed::ScopedSpan> && saysWithoutThrowing<Mutexed::OpenSpan> &&
              saysWithoutThrowing<Mutexed::Lane::Span> && saysWithoutThrowing<Null::ScopedSpan> &&
              saysWithoutThrowing<Null::Lane::BlockSpan>);

// A callable's own exception passes through where nothing else throws.
template <class S, class V>
constexpr bool throwsWithItsValue = requires(S& span, const V& value) {
    span.set("k", value);
    requires !noexcept(span.set("k", value));
};
static_assert(throwsWithItsValue<Mutexed::ScopedSpan, int (*)()> &&
              throwsWithItsValue<Mutexed::OpenSpan, int (*)()>);

// What a handle may not do to a span it only looks at.
template <class S>
constexpr bool canSetOnConst = requires(const S& span) {
    span.set("k", 1);
};
static_assert(!canSetOnConst<Mutexed::ScopedSpan> && !canSetOnConst<Mutexed::OpenSpan> &&
              !canSetOnConst<Null::ScopedSpan>);

// Clocks and locks.
static_assert(noexcept(SteadyClock().now()) && std::is_nothrow_default_constructible_v<SteadyClock>);
static_assert(noexcept(std::declval<SpinLock&>().lock()) && noexcept(
                  std::declval<SpinLock&>().try_lock()) && noexcept(std::declval<SpinLock&>().unlock()) &&
              !std::is_copy_constructible_v<SpinLock>);

}
