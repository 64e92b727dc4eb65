// What satisfies each policy and what must not. Nothing here runs: that it compiles is the test.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/attribute.h>
#include <sidespan/clock/manual_clock.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/clock/system_clock.h>
#include <sidespan/clock/tsc_clock.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/lock/spin_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_file/file_sink.h>
#include <sidespan/sink_memory/memory_sink.h>
#include <sidespan/sink_null/null_sink.h>
#include <sidespan/sink_tee/tee_sink.h>

/// A type of somebody else's that has been taught to be text.
struct Named {
    std::string name;
};

template <>
struct sidespan::AttributeText<Named> {
    static std::string_view view(const Named& value) { return value.name; }
};

namespace {

using namespace sidespan;

// Clocks

static_assert(ClockPolicy<SteadyClock> && ClockPolicy<SystemClock> && ClockPolicy<TscClock> &&
              ClockPolicy<ManualClock>);
static_assert(!ClockPolicy<std::chrono::steady_clock>);
static_assert(!ClockPolicy<int>);

struct GoodClock {
    std::uint64_t now() const noexcept;
    double ticksPerSecond() const noexcept;
    std::uint64_t unixNanos() const noexcept;
};
static_assert(ClockPolicy<GoodClock>);

struct ClockThatMayThrow : GoodClock {
    std::uint64_t now() const;
};
struct ClockOfSignedTicks : GoodClock {
    std::int64_t now() const noexcept;
};
struct ClockOfIntegralSpeed : GoodClock {
    std::uint64_t ticksPerSecond() const noexcept;
};
struct ClockThatMustChange : GoodClock {
    std::uint64_t now() noexcept;
};
struct ClockWithoutADate {
    std::uint64_t now() const noexcept;
    double ticksPerSecond() const noexcept;
};
struct ClockThatNeedsAnArgument : GoodClock {
    explicit ClockThatNeedsAnArgument(int);
};
static_assert(!ClockPolicy<ClockThatMayThrow> && !ClockPolicy<ClockOfSignedTicks> &&
              !ClockPolicy<ClockOfIntegralSpeed> && !ClockPolicy<ClockThatMustChange> &&
              !ClockPolicy<ClockWithoutADate> && !ClockPolicy<ClockThatNeedsAnArgument>);

// Locks

static_assert(LockPolicy<std::mutex> && LockPolicy<SpinLock> && LockPolicy<NullLock> &&
              LockPolicy<std::recursive_mutex> && LockPolicy<std::shared_mutex>);

struct LockWithoutTry {
    void lock();
    void unlock();
};
struct LockThatDoesNotSay : LockWithoutTry {
    void try_lock();
};
static_assert(!LockPolicy<LockWithoutTry> && !LockPolicy<LockThatDoesNotSay> && !LockPolicy<int> &&
              !LockPolicy<std::lock_guard<std::mutex>>);

// Sinks

static_assert(SinkPolicy<MemorySink> && SinkPolicy<FileSink<>> && SinkPolicy<NullSink> &&
              SinkPolicy<TeeSink<MemorySink, FileSink<>>>);
static_assert(DiscardingSink<NullSink> && !DiscardingSink<MemorySink>);

struct GoodSink {
    explicit GoodSink(const ValidConfig&);
    void start();
    void consume(const SpanBatch&);
    bool flush(Deadline);
    void purge();
    bool shutdown(Deadline);
    SinkStats stats() const;
};
static_assert(SinkPolicy<GoodSink> && !DiscardingSink<GoodSink>);

struct SinkWithoutConfig : GoodSink {
    SinkWithoutConfig();
};
struct SinkWhoseFlushSaysNothing : GoodSink {
    using GoodSink::GoodSink;
    void flush(Deadline);
};
struct SinkWithoutDeadline : GoodSink {
    using GoodSink::GoodSink;
    bool shutdown();
};
struct SinkOfOtherStats : GoodSink {
    using GoodSink::GoodSink;
    Stats stats() const;
};
struct SinkThatChangesBatches : GoodSink {
    using GoodSink::GoodSink;
    void consume(SpanBatch&);
};
static_assert(!SinkPolicy<SinkWithoutConfig> && !SinkPolicy<SinkWhoseFlushSaysNothing> &&
              !SinkPolicy<SinkWithoutDeadline> && !SinkPolicy<SinkOfOtherStats> &&
              !SinkPolicy<SinkThatChangesBatches> && !SinkPolicy<int>);

// Encodings

static_assert(SpanEncoding<NativeJson> && !SpanEncoding<int> && !SpanEncoding<MemorySink>);
static_assert(LineEncoding<NativeJson> && !LineEncoding<int> && !LineEncoding<MemorySink>);

// Attribute values

struct Opaque {};

template <class V>
constexpr bool isValue = AttributeInput<V>;
static_assert(isValue<bool> && isValue<char> && isValue<int> && isValue<std::int64_t> &&
              isValue<std::uint64_t> && isValue<float> && isValue<double>);
static_assert(isValue<const char*> && isValue<char[5]> && isValue<std::string> && isValue<std::string_view>);
static_assert(isValue<int (*)()> && isValue<std::function<std::string()>>);
static_assert(!isValue<Opaque> && !isValue<Opaque*> && !isValue<std::nullptr_t> && !isValue<std::set<int>> &&
              !isValue<std::optional<int>> && !isValue<Opaque (*)()> && !isValue<int (*)(int)> &&
              !isValue<void (*)()> && !isValue<std::wstring>);
static_assert(isValue<std::vector<int>> && isValue<std::array<bool, 2>> && isValue<std::span<const double>> &&
              isValue<std::vector<std::string>> && isValue<float[3]> && isValue<std::vector<int> (*)()>);
static_assert(!isValue<std::vector<bool>> && !isValue<std::vector<char>> &&
              !isValue<std::vector<std::byte>> && !isValue<std::vector<std::vector<int>>> &&
              !isValue<std::vector<Opaque>>);
static_assert(isValue<Named>, "by its AttributeText");

}
