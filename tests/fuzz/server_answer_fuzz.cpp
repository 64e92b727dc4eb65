#include <sidespan/json/parse_json.h>
#include <boost/json/object.hpp>

#include "delivery/server_answer.h"
#include "fuzz_target.h"

// What a JSON parser finds in an answer, and what delivery finds, is the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = asText(data, size);
    const auto found = sidespan::detail::rejectedSpans(text);
    const auto reason = sidespan::detail::rejectionReason(text);
    mustHold(text.find(reason) != text.npos, "a reason is quoted");
    boost::system::error_code error;
    const auto json = sidespan::parseJson(text, error);
    if (error) return 0;
    if (!json.is_object()) {
        mustHold(found == 0, "what is no object says nothing");
        return 0;
    }
    const auto* rejected = json.get_object().if_contains("rejected");
    mustHold(rejected != nullptr || found == 0 || text.find('\\') != text.npos, "nothing is made up");
    return 0;
}
