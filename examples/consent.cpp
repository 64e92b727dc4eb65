// Nothing is recorded before the user agrees, and what waits is thrown away when they change their mind.
#include <chrono>
#include <iostream>

#include <sidespan/sidespan.h>
#include <sidespan/sink_memory/testing.h>

int main() {
    sidespan::Consent consent;  // unknown: the plugin's settings page holds a copy of the same consent
    sidespan::DefaultRecorder recorder({.service = {"LoopShare", "1.2.0"}, .consent = consent});

    { auto before = recorder.span("before.the.question"); }
    consent.set(sidespan::Consent::granted);
    { auto agreed = recorder.span("after.yes"); }
    std::cout << sidespan::testing::tree(sidespan::testing::recorded(recorder));

    consent.set(sidespan::Consent::denied);
    { auto denied = recorder.span("after.no"); }
    std::cout << "left after the denial: " << sidespan::testing::recorded(recorder).size() << '\n';
    std::cout << "recorded in all: " << recorder.stats().recorded << '\n';
}
