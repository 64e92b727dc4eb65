#pragma once

/// `DefaultRecorder`: the recorder that sidespan_configure() chose for this target, by the definitions it
/// sets. The alias is there only in such a target; a Recorder<Clock, Sink, Lock> can be named in any.

#if defined(SIDESPAN_CLOCK_SYSTEM)
#include <sidespan/clock/system_clock.h>
#elif defined(SIDESPAN_CLOCK_TSC)
#include <sidespan/clock/tsc_clock.h>
#elif defined(SIDESPAN_CLOCK_MANUAL)
#include <sidespan/clock/manual_clock.h>
#else
#include <sidespan/clock/steady_clock.h>
#endif

#if defined(SIDESPAN_LOCK_SPIN)
#include <sidespan/lock/spin_lock.h>
#elif defined(SIDESPAN_LOCK_UNFAIR)
#include <sidespan/lock/unfair_lock.h>
#elif defined(SIDESPAN_LOCK_NONE)
#include <sidespan/lock/null_lock.h>
#else
#include <mutex>
#endif

#if defined(SIDESPAN_ENCODING_OTLP)
#include <sidespan/otlp/otlp_protobuf.h>
#elif defined(SIDESPAN_ENCODING_OTLP_JSON)
#include <sidespan/otlp/otlp_json.h>
#elif defined(SIDESPAN_ENCODING_CHROME)
#include <sidespan/chrome_trace/chrome_trace.h>
#endif

#if defined(SIDESPAN_SINK_HTTP)
#include <sidespan/sink_http/http_sink.h>
#elif defined(SIDESPAN_SINK_FILE)
#include <sidespan/sink_file/file_sink.h>
#elif defined(SIDESPAN_SINK_MEMORY)
#include <sidespan/sink_memory/memory_sink.h>
#elif defined(SIDESPAN_SINK_NULL)
#include <sidespan/sink_null/null_sink.h>
#endif

#if defined(SIDESPAN_SINK_NULL)
#include <sidespan/null_recorder.h>
#elif defined(SIDESPAN_SINK_HTTP) || defined(SIDESPAN_SINK_FILE) || defined(SIDESPAN_SINK_MEMORY)
#include <sidespan/recorder.h>
#endif

namespace sidespan::inline v0 {

#if defined(SIDESPAN_CLOCK_SYSTEM)
using DefaultClock = SystemClock;
#elif defined(SIDESPAN_CLOCK_TSC)
using DefaultClock = TscClock;
#elif defined(SIDESPAN_CLOCK_MANUAL)
using DefaultClock = ManualClock;
#else
using DefaultClock = SteadyClock;
#endif

#if defined(SIDESPAN_LOCK_SPIN)
using DefaultLock = SpinLock;
#elif defined(SIDESPAN_LOCK_UNFAIR)
using DefaultLock = UnfairLock;
#elif defined(SIDESPAN_LOCK_NONE)
using DefaultLock = NullLock;
#else
using DefaultLock = std::mutex;
#endif

#if defined(SIDESPAN_ENCODING_OTLP)
using DefaultEncoding = OtlpProtobuf;
#elif defined(SIDESPAN_ENCODING_OTLP_JSON)
using DefaultEncoding = OtlpJson;
#elif defined(SIDESPAN_ENCODING_CHROME)
using DefaultEncoding = ChromeTrace;
#elif defined(SIDESPAN_SINK_HTTP) || defined(SIDESPAN_SINK_FILE)
using DefaultEncoding = NativeJson;
#endif

#if defined(SIDESPAN_SINK_HTTP)
#define SIDESPAN_HAS_DEFAULT_RECORDER
using DefaultSink = HttpBatchSink<DefaultEncoding>;
#elif defined(SIDESPAN_SINK_FILE)
#define SIDESPAN_HAS_DEFAULT_RECORDER
using DefaultSink = FileSink<DefaultEncoding>;
#elif defined(SIDESPAN_SINK_MEMORY)
#define SIDESPAN_HAS_DEFAULT_RECORDER
using DefaultSink = MemorySink;
#elif defined(SIDESPAN_SINK_NULL)
#define SIDESPAN_HAS_DEFAULT_RECORDER
using DefaultSink = NullSink;
#endif

#if defined(SIDESPAN_HAS_DEFAULT_RECORDER)
#undef SIDESPAN_HAS_DEFAULT_RECORDER
using DefaultRecorder = Recorder<DefaultClock, DefaultSink, DefaultLock>;
using ScopedSpan = DefaultRecorder::ScopedSpan;
using OpenSpan = DefaultRecorder::OpenSpan;
using SharedSpan = DefaultRecorder::SharedSpan;
using Lane = DefaultRecorder::Lane;
#else
/// Never defined: using it says what is missing.
class NotConfigured;
#define SIDESPAN_NOT_CONFIGURED \
    [[deprecated("call sidespan_configure(<this target> SINK ...) in its CMakeLists.txt")]]
using DefaultRecorder SIDESPAN_NOT_CONFIGURED = NotConfigured;
using ScopedSpan SIDESPAN_NOT_CONFIGURED = NotConfigured;
using OpenSpan SIDESPAN_NOT_CONFIGURED = NotConfigured;
using SharedSpan SIDESPAN_NOT_CONFIGURED = NotConfigured;
using Lane SIDESPAN_NOT_CONFIGURED = NotConfigured;
#undef SIDESPAN_NOT_CONFIGURED
#endif

}
