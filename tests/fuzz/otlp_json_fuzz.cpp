#include <stdexcept>

#include <sidespan/otlp_reader/otlp_reader.h>
#include <sidespan/span.h>
#include <boost/json/value.hpp>

#include "fuzz_target.h"

// Whatever comes in, a span that the native reader takes can be written again.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        sidespan::readOtlpJson(asText(data, size), [](boost::json::object json) {
            try {
                const auto span = sidespan::Span::fromJson(json);
                mustHold(span == sidespan::Span::fromJson(span.toJson()), "a span reads back as it was");
            } catch (const std::invalid_argument&) {
            }
        });
    } catch (const std::invalid_argument&) {
    }
    return 0;
}
