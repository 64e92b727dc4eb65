// Beside Boost's own parser: the same texts are JSON, and the same values come out, but for the last digits
// of doubles. Text that is not Unicode is repaired, where Boost refuses it.
#include <sidespan/encoding/utf8.h>
#include <sidespan/json/parse_json.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = asText(data, size);
    boost::system::error_code error;
    boost::system::error_code boostError;
    const auto value = sidespan::parseJson(text, error);
    const auto boostValue = boost::json::parse(text, boostError);
    if (error.failed() != boostError.failed()) {
        mustHold(boostError.failed(), "what Boost takes is taken");
        const bool mayBeRepaired =
            sidespan::toValidUtf8(text) != text || text.find("\\u") != std::string_view::npos;
        mustHold(mayBeRepaired, "what Boost does not take is taken only where it was repaired");
        return 0;
    }
    mustHold(value.kind() == boostValue.kind(), "both see the same kind");
    if (error) return 0;
    const std::string written = boost::json::serialize(value);
    const auto again = sidespan::parseJson(written, error);
    // Infinity, from a number too large, has no spelling that reads back.
    if (!error) mustHold(boost::json::serialize(again) == written, "what is written reads back");
    return 0;
}
