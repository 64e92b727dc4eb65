#include <sidespan/propagation/trace_state.h>

#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto state = sidespan::TraceState::parse(asText(data, size));
    if (!state) return 0;
    mustHold(state->text().size() <= size, "nothing is added");
    mustHold(sidespan::TraceState::parse(state->text()) == state, "what is written reads back");
    const std::string_view text = state->text();
    mustHold(state->isEmpty() || state->get(text.substr(0, text.find('='))).has_value(),
             "a member is found by its key");
    return 0;
}
