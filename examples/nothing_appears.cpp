// Where to look when no span arrives.
#include <chrono>
#include <iostream>

#include <sidespan/sidespan.h>

using namespace std::chrono_literals;

int main() {
    sidespan::Consent consent;
    sidespan::DefaultRecorder recorder(
        {.service = {"LoopShare", "1.2.0"}, .consent = consent, .onError = [](const sidespan::Error& error) {
             std::cout << error.message << '\n';
         }});
    { auto span = recorder.span("is.anybody.there"); }

    if (const auto& error = recorder.configError()) std::cout << "configuration: " << error->message << '\n';
    std::cout << "consent: " << toString(consent.state()) << '\n';
    std::cout << "flushed: " << (recorder.flush(2s) ? "yes" : "no") << '\n';
    const auto stats = recorder.stats();
    std::cout << "recorded " << stats.recorded << ", delivered " << stats.delivered << ", waiting "
              << stats.queued + stats.onDisk << ", dropped " << stats.dropped.total() << '\n';
    for (std::size_t i = 0; i < sidespan::dropReasonCount; ++i) {
        const auto reason = static_cast<sidespan::DropReason>(i);
        if (stats.dropped[reason] != 0)
            std::cout << "  " << toString(reason) << ": " << stats.dropped[reason] << '\n';
    }
}
