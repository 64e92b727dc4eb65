// One trace over two threads: a handle that moves, and a context that names a parent.
#include <future>
#include <iostream>
#include <utility>

#include <sidespan/sidespan.h>
#include <sidespan/sink_memory/testing.h>

int main() {
    sidespan::DefaultRecorder recorder(
        {.service = {"LoopShare", "1.2.0"}, .consent = sidespan::Consent::granted});

    auto share = recorder.openSpan("loop.share");
    const auto encode = [&recorder, parent = share.context()] {
        auto span = recorder.span("audio.encode", parent);
        span.set("codec", "flac");
    };
    std::async(std::launch::async, encode).get();

    // The span moves to the thread that ends it, so it lasts until the work is done.
    std::async(std::launch::async, [span = std::move(share)]() mutable {
        auto post = span.child("network.post");
        post.end();
        span.end();
    }).get();

    std::cout << sidespan::testing::tree(sidespan::testing::recorded(recorder));
}
