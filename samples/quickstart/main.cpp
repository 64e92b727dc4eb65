#include <sidespan/sidespan.h>

using namespace std::chrono_literals;

int main() {
    sidespan::DefaultRecorder recorder(
        {.service = {"LoopShare", "1.2.0"},
         .endpoint = "http://127.0.0.1:8080",
         .consent = sidespan::Consent::granted});  // by default nothing is recorded
    {
        auto upload = recorder.span("audio.upload");
        upload.set("file.name", "loop.wav");
        auto encode = upload.child("audio.encode");
        encode.event("started");
    }  // spans end here, innermost first
    return recorder.flush(2s) ? 0 : 1;
}
