#include <cstddef>
#include <stdexcept>
#include <string>

#include <sidespan/json/parse_json.h>
#include <sidespan/otlp_reader/otlp_reader.h>
#include <sidespan/span.h>
#include <boost/json/value.hpp>

#include "fuzz_target.h"

namespace {

// How many spans the native rules take.
std::size_t countSpans(std::string_view body, bool takesText) {
    std::size_t spans = 0;
    const auto take = [&](const boost::json::object& json) {
        try {
            const auto span = sidespan::Span::fromJson(json);
            mustHold(span == sidespan::Span::fromJson(span.toJson()), "a span reads back as it was");
            ++spans;
        } catch (const std::invalid_argument&) {
        }
    };
    const auto takeText = [&](const sidespan::SpanText& span, const sidespan::SpanSource&) {
        for (const std::string* part : {&span.attributes, &span.events, &span.links})
            if (!part->empty()) static_cast<void>(sidespan::parseJson(*part));
        ++spans;
    };
    try {
        takesText ? sidespan::readOtlpProtobuf(body, take, takeText) : sidespan::readOtlpProtobuf(body, take);
    } catch (const std::invalid_argument&) {
    }
    return spans;
}

}

// Whatever comes in, a span that the native reader takes can be written again, and both ways take the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto body = asText(data, size);
    mustHold(countSpans(body, false) == countSpans(body, true), "both ways take the same spans");
    return 0;
}
