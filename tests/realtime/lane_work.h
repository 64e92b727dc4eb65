#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sidespan/attribute.h>
#include <sidespan/config.h>
#include <sidespan/lane_options.h>
#include <sidespan/sampler.h>
#include <sidespan/span_context.h>
#include <sidespan/span_kind.h>
#include <sidespan/span_status.h>

/// What an audio callback may do with a lane, all of it, so that a proof about the audio thread leaves
/// nothing out.
namespace sidespan::test {

/// Longer than any test takes on any machine; waits this long only when one fails.
inline constexpr std::chrono::seconds patience{60};

/// Consent is granted, and the drain thread comes every millisecond.
inline Config busyConfig() {
    Config config;
    config.service = {"LoopShare", "1.2.0"};
    config.consent = Consent::granted;
    config.queue.drainInterval = std::chrono::milliseconds(1);
    return config;
}

/// Blocks are kept only when they are pinned or all are; no summaries, so that what arrives is what was
/// recorded.
inline LaneOptions workOptions(std::size_t capacityBytes) {
    LaneOptions options;
    options.sampleRate = 48'000;
    options.keepOverLoad = 1e6;
    options.maxKeptPerSecond = 1e6;
    options.capacityBytes = capacityBytes;
    options.summaryInterval = {};
    return options;
}

/// By a share, by a rate, and all.
inline std::array<Sampler, 3> samplersThatLeaveSomeOut() {
    return {Sampler::probability(0.5), Sampler::rateLimited(100), Sampler::alwaysOff()};
}

/// Text of every length up to 300 bytes.
inline std::string_view textOfTurn(std::uint64_t turn) noexcept {
    static constexpr char text[] =
        "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqr"
        "stuvwxyz"
        "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqr"
        "stuvwxyz"
        "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqr"
        "stuvwxyz";
    return {text, static_cast<std::size_t>(turn % 301)};
}

/// Spans that workTurn() begins.
inline constexpr std::uint64_t spansPerTurn = 10;

/// One turn: an outermost span with two children, one below a context from elsewhere, a block that is
/// rewound, one that is pinned and one of a changing size, with every call that handles have; and one span
/// too many.
template <class Lane>
void workTurn(Lane& lane, std::uint64_t turn) noexcept {
    SpanContext context;
    {
        auto root = lane.span("dsp.render");
        root.set("turn", turn);
        root.set("text", textOfTurn(turn));
        auto misuse = lane.span("dsp.misuse");
        misuse.set("a", 1);
        {
            auto child = root.child("dsp.voice");
            child.set("gain", 0.5);
            child.event("note", attr("pitch", 60), attr("name", "C4"));
            child.setKind(SpanKind::producer);
            context = child.context();
        }
        root.set("is.late", true);
        auto failed = root.child("dsp.effect");
        failed.setStatus(SpanStatus::error, "denormal");
        failed.link(context, attr("position", turn));
        failed.set("peaks", {0.5, 0.25});
        failed.set("names", {"left", "right"});
        failed.event("limits", attr("gains", {1, 2}));
        failed.event("elsewhere", std::chrono::system_clock::time_point(std::chrono::seconds(1)));
        failed.setStatus(SpanStatus::ok);
        failed.set("lazy", [turn] { return turn * 2; });
    }
    { auto remote = lane.span("dsp.job", context); }
    {
        auto block = lane.block(512);
        block.set("rewound", true);
        auto child = block.child("dsp.filter");
        child.set("cutoff", 1'000.0);
    }
    {
        auto block = lane.block(512);
        static_cast<void>(block.context());
        block.set("pinned", textOfTurn(turn / 2));
        block.event("held");
        auto child = block.child("dsp.filter");
        child.set("cutoff", 2'000.0F);
        auto grandchild = child.child("dsp.biquad");
    }
    { auto block = lane.block(static_cast<int>(turn % 1'024), turn % 3 == 0); }
}

}
