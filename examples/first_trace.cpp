// A trace of three spans: an upload, and the two steps it consists of.
#include <iostream>

#include <sidespan/sidespan.h>
#include <sidespan/sink_memory/testing.h>

int main() {
    sidespan::DefaultRecorder recorder(
        {.service = {"LoopShare", "1.2.0"}, .consent = sidespan::Consent::granted});
    {
        auto upload = recorder.span("audio.upload");
        upload.set("file.name", "loop.wav");
        {
            auto encode = upload.child("audio.encode");
            encode.set("codec", "flac");
            encode.event("retry", sidespan::attr("attempt", 2));
        }  // audio.encode ends here
        auto post = upload.child("network.post");
        post.setStatus(sidespan::SpanStatus::error, "connection refused");
    }  // network.post ends here, then audio.upload
    std::cout << sidespan::testing::tree(sidespan::testing::recorded(recorder));
}
