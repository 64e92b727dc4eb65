#pragma once

#include <concepts>
#include <functional>
#include <optional>

#include <sidespan/deadline.h>
#include <sidespan/error.h>
#include <sidespan/stats.h>

namespace sidespan::inline v0 {

class SpanBatch;
class ValidConfig;
struct Config;

/// What goes on while a sink waits; false when it must not wait any longer.
using Meanwhile = std::function<bool()>;

/// Where finished spans go.
///
/// Made from the recorder's configuration; its constructor touches nothing outside memory, since hosts
/// construct plugins only to look at them. All calls but `stats()` come from one thread at a time, never a
/// recording one; they may block and allocate, and they return by the deadline they are given. None lets an
/// exception out: on a thread of ours it would end the host.
/// - `Sink::check(config)`, where a sink has it, says what the configuration lacks that this sink needs, as a
/// `std::optional<Error>`; a recorder of such a configuration records nothing.
/// - `prepare()`, if a sink has it, is called once before `start()`, on the thread that lets recording begin:
/// the thread that grants consent, opens a lane or records first. Load libraries only there: a host that
/// unloads a plugin waits for the plugin's other threads, and meanwhile nothing can be loaded. [not the audio
/// thread]
/// - `start()` comes once, before the first batch, when recording begins.
/// - `consume(batch)` takes spans; the batch is gone when it returns. Failures go to the configuration's
/// onError.
/// A sink sends a batch off the machine only while `batch.consentEpoch()` equals the consent's epoch, since
/// `purge()` may come after the batch that it concerns.
/// - `flush(deadline)` returns true when everything consumed so far is delivered.
/// - `flush(deadline, meanwhile)`, if a sink has it, is called instead. While it waits it calls `meanwhile()`
/// every few milliseconds. Within that call `consume()` may bring more spans, or `purge()` may be called.
/// When `meanwhile()` returns false, it gives up and returns false.
/// - `isOwnThread()`, if a sink has threads of its own, returns whether the caller is one of them and would
/// wait for itself. [any thread]
/// - `purge()` forgets everything not yet delivered: consent was withdrawn.
/// - `shutdown(deadline)` is a flush after which nothing more comes; no thread of the sink is left when it
/// returns.
/// - `stats()` may be called from any thread.
/// - `noteUpstreamLosses(counts)`, if a sink has it, says before each batch how many spans were lost on the
/// way to the sink since recording began, so that a server can be told.
///
/// Models: NullSink, MemorySink, FileSink, HttpBatchSink, TeeSink.
template <class S>
concept SinkPolicy = std::constructible_from<S, const ValidConfig&> &&
    requires(S& sink, const SpanBatch& batch, Deadline deadline) {
    sink.start();
    sink.consume(batch);
    { sink.flush(deadline) } -> std::same_as<bool>;
    sink.purge();
    { sink.shutdown(deadline) } -> std::same_as<bool>;
    { sink.stats() } -> std::same_as<SinkStats>;
};

namespace detail {

/// What is wrong with a configuration for a sink of type S.
template <class S>
[[nodiscard]] std::optional<Error> checkForSink(const Config& config) {
    if constexpr (requires { (S::check)(config); }) {
        return (S::check)(config);
    } else {
        return std::nullopt;
    }
}

}

}
