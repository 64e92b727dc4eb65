#pragma once

#include <memory>
#include <type_traits>

#include <sidespan/null_recorder.h>
#include <sidespan/recorder.h>
#include <sidespan/sidespan.h>
#include <sidespan/sink_tee/tee_sink.h>

#include "recent_traces.h"

namespace loopshare {

/// What Loop Share records with: the sink that sidespan_configure() chose, with the recent traces kept beside
/// it for the plugin's window; and nothing at all where the choice was null.
using Recorder = std::conditional_t<
    sidespan::DiscardingSink<sidespan::DefaultSink>, sidespan::DefaultRecorder,
    sidespan::Recorder<sidespan::DefaultClock, sidespan::TeeSink<sidespan::DefaultSink, RecentTraces>,
                       sidespan::DefaultLock>>;
using Lane = Recorder::Lane;
using OpenSpan = Recorder::OpenSpan;

/// Whether this build records at all.
inline constexpr bool isTraced = !sidespan::DiscardingSink<sidespan::DefaultSink>;

/// Calls `use` with the sink that delivers, where there is one.
template <class R, class F>
void withDeliveringSink([[maybe_unused]] R& recorder, [[maybe_unused]] F&& use) {
    if constexpr (isTraced) use(recorder.sink().template sink<sidespan::DefaultSink>());
}

/// The recent traces of a recorder; null where nothing is recorded.
template <class R>
[[nodiscard]] RecentTraces* recentTraces([[maybe_unused]] R& recorder) noexcept {
    if constexpr (isTraced) {
        return &recorder.sink().template sink<RecentTraces>();
    } else {
        return nullptr;
    }
}

}
