#include <sidespan_collector/limits.h>

#include "fuzz_target.h"
#include "ingest/batch_parser.h"

using namespace sidespan::collector;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Limits limits;
    limits.spansPerRequest = 64;
    limits.attributesPerSpan = 8;
    limits.eventsPerSpan = 8;
    limits.linksPerSpan = 8;
    limits.valuesPerSpan = 256;
    limits.textBytes = 512;
    limits.reportedRejections = 4;
    try {
        const auto batch = parseBatch(asText(data, size), limits);
        mustHold(batch.rows.size() + batch.rejected <= limits.spansPerRequest,
                 "no more spans than are taken");
        mustHold(batch.rejections.size() <= limits.reportedRejections, "no more reasons than are told");
        for (const auto& row : batch.rows) {
            mustHold(row.traceId.size() == 36 && row.spanId.size() == 16, "ids are in their form");
            static_cast<void>(makeSpan(row));
        }
    } catch (const BatchError& error) {
        mustHold(error.what()[0] != '\0', "a refusal says why");
    }
    return 0;
}
