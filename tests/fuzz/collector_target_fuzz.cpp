#include <stdexcept>

#include "client_report.h"
#include "fuzz_target.h"
#include "request_target.h"
#include "router.h"
#include "trace_query.h"
#include "utf8.h"

using namespace sidespan::collector;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = asText(data, size);
    static_cast<void>(unescape(text));
    const auto report = readClientReport("instance", text.substr(0, text.find(',')), text);
    mustHold(report.lostTotal() >= 0, "losses add up");
    const auto target = parseTarget(text);
    if (!target) return 0;
    mustHold(target->path.starts_with('/') && isUtf8(target->path), "a path is one");
    static_cast<void>(findRoute(target->path));
    try {
        mustHold(parseTraceQuery(target->query).limit <= 1000, "a list is bounded");
        mustHold(parseListLimit(target->query) <= 1000, "a list is bounded");
    } catch (const std::invalid_argument& error) {
        mustHold(error.what()[0] != '\0', "a refusal says why");
    }
    return 0;
}
