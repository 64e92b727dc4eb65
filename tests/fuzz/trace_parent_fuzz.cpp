#include <sidespan/propagation/trace_parent.h>

#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto context = sidespan::parseTraceParent(asText(data, size));
    if (!context) return 0;
    mustHold(context->isValid() && context->isRemote, "what is read is a remote context");
    mustHold(sidespan::parseTraceParent(sidespan::formatTraceParent(*context)) == context,
             "what is written reads back");
    return 0;
}
