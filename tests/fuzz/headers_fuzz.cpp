// A request's header lines, "Name: value", through extract() and back through inject().
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <sidespan/propagation/extract.h>
#include <sidespan/propagation/inject.h>

#include "fuzz_target.h"

namespace {

std::vector<std::pair<std::string_view, std::string_view>> split(std::string_view text) {
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(line.size() == text.size() ? text.size() : line.size() + 1);
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos)
            headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
    }
    return headers;
}

}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto remote = sidespan::extract(split(asText(data, size)));
    std::map<std::string, std::string> headers;
    sidespan::inject(remote.context, headers,
                     {.clientType = remote.clientType.value_or(sidespan::ClientType::plugin),
                      .clientVersion = remote.clientVersion,
                      .parentSpanId = remote.parentSpanId,
                      .traceState = &remote.traceState,
                      .baggage = &remote.baggage,
                      .timestampMs = remote.clientTimestampMs.value_or(0)});
    for (const auto& [name, value] : headers) {
        for (char c : value)
            mustHold(c == '\t' || (c >= ' ' && c != '\x7f') || c < 0, "values hold no control characters");
    }
    if (!remote.context.isValid()) return 0;
    const auto again = sidespan::extract(headers);
    mustHold(again.context == remote.context, "the context goes round");
    mustHold(again.parentSpanId == remote.parentSpanId, "the parent goes round");
    mustHold(again.traceState == remote.traceState && again.baggage == remote.baggage,
             "what others said goes round");
    return 0;
}
