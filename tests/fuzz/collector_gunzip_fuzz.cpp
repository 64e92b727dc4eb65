#include "fuzz_target.h"
#include "ingest/gunzip.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t most = 64U << 10;
    try {
        mustHold(sidespan::collector::gunzip(asText(data, size), most).size() <= most, "the limit is kept");
    } catch (const sidespan::collector::GzipError&) {
    }
    return 0;
}
