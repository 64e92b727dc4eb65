#include <stdexcept>

#include <sidespan/encoding/utf8.h>
#include <sidespan_http_server/list_limit.h>
#include <sidespan_http_server/request_target.h>
#include "fuzz_target.h"
#include "ingest/client_report.h"
#include "query/parse_trace_query.h"

using namespace sidespan::collector;
using namespace sidespan::http_server;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = asText(data, size);
    static_cast<void>(unescape(text));
    const auto report = readClientReport("instance", text.substr(0, text.find(',')), text);
    mustHold(report.lostTotal() >= 0, "losses add up");
    const auto target = parseTarget(text);
    if (!target) return 0;
    mustHold(target->path.starts_with('/') && sidespan::toValidUtf8(target->path) == target->path,
             "a path is one");
    mustHold(target->nameAt >= 1 && target->nameAt <= target->path.size() &&
                 target->path[target->nameAt - 1] == '/',
             "its last segment follows a slash");
    try {
        mustHold(parseTraceQuery(target->query).limit <= 1000, "a list is bounded");
        mustHold(parseListLimit(target->query) <= 1000, "a list is bounded");
    } catch (const std::invalid_argument& error) {
        mustHold(error.what()[0] != '\0', "a refusal says why");
    }
    return 0;
}
