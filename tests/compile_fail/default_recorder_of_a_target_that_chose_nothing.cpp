// expect: sidespan_configure
#include <sidespan/default_recorder.h>

void record() {
    sidespan::DefaultRecorder recorder;
    auto span = recorder.span("audio.upload");
}
