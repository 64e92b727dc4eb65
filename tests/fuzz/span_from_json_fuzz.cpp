#include <stdexcept>
#include <string>

#include <sidespan/json/parse_json.h>
#include <sidespan/span.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "fuzz_target.h"

namespace {

constexpr std::size_t longestMessage = 4096;

void read(const boost::json::value& json) {
    sidespan::Span span;
    try {
        span = sidespan::Span::fromJson(json);
    } catch (const std::invalid_argument& refusal) {
        const std::string_view message = refusal.what();
        mustHold(message.size() < longestMessage, "a refusal stays short");
        for (char c : message) mustHold(c >= ' ' || c < 0, "a refusal is printable");
        return;
    }
    const std::string written = boost::json::serialize(span.toJson());
    mustHold(sidespan::Span::fromJson(sidespan::parseJson(written)) == span, "what is written reads back");
}

}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    boost::system::error_code error;
    const auto json = sidespan::parseJson(asText(data, size), error);
    if (error) return 0;
    if (json.is_array()) {
        for (const auto& element : json.get_array()) read(element);
    } else {
        read(json);
    }
    return 0;
}
