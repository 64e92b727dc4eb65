#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include <juce_core/juce_core.h>

#include "failure.h"
#include "traced_network.h"

namespace loopshare {

/// A loop that somebody shared.
struct SharedLoop {
    juce::String id;
    juce::String name;
    juce::int64 bytes = 0;
    juce::String uploadedAt;  ///< as the service says it, ISO 8601
};

/// The list of shared loops, fetched when asked for. Each time is a trace:
///
///     feed.refresh
///     ├─ network.get
///     ├─ feed.parse
///     └─ ui.update        recorded by whoever shows the list
///
/// Any thread. Recorder and network outlive it, and the network ends its callbacks before it is gone.
class Feed {
public:
    struct Status {
        std::vector<SharedLoop> loops;  ///< newest first
        bool isLoading = false;
        std::optional<Failure> error;
        sidespan::SpanContext trace;  ///< of the last refresh
        std::uint64_t version = 0;    ///< changes with every list
    };

    Feed(Recorder& recorder, Network& network) : recorder_(recorder), network_(recorder, network) {}

    /// Does nothing while one is under way.
    void refresh();
    [[nodiscard]] Status status() const;

private:
    [[nodiscard]] sidespan::Outcome<std::vector<SharedLoop>> parse(const Answer& answer,
                                                                   const sidespan::SpanContext& root);
    void receive(OpenSpan& root, const sidespan::Outcome<Answer>& answer);

    Recorder& recorder_;
    TracedNetwork network_;
    mutable std::mutex mutex_;
    Status status_;
};

}
