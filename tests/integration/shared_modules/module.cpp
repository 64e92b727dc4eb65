#include "module.h"

#include <chrono>
#include <memory>

namespace sidespan::test {
namespace {

// Trivially destroyed: a static that is not would run code while the module is unloaded.
std::shared_ptr<NamesRecorder>* held = nullptr;

NamesRecorder* openShared() {
    if (held == nullptr)
        held = new std::shared_ptr<NamesRecorder>(NamesRecorder::shared({.consent = Consent::granted}));
    return held->get();
}

void closeShared() {
    delete held;
    held = nullptr;
}

bool recordOn(NamesRecorder& recorder) {
    { auto span = recorder.span("of a module"); }
    {
        auto lane = recorder.openLane();
        auto outer = lane.span("of a module's lane");
        auto inner = outer.child("within it");
    }
    return recorder.flush(std::chrono::seconds(20));
}

}
}

extern "C" __attribute__((visibility("default"))) const sidespan::test::Module sidespanTestModule;
const sidespan::test::Module sidespanTestModule{sidespan::test::openShared, sidespan::test::closeShared,
                                                sidespan::test::recordOn};
