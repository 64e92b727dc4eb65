#include "recording.h"

#include <chrono>

#include <sidespan/sidespan.h>

namespace test {

bool recordsAndSends() {
    sidespan::DefaultRecorder recorder(
        {.endpoint = "http://127.0.0.1:9", .consent = sidespan::Consent::granted});
    { auto span = recorder.span("test.module"); }
    return recorder.flush(std::chrono::seconds(1));
}

}
