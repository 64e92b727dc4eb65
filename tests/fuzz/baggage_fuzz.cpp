#include <sidespan/detail/utf8_text.h>
#include <sidespan/propagation/baggage.h>

#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using sidespan::Baggage;
    const std::string_view text = asText(data, size);
    Baggage baggage = Baggage::parse(text);
    mustHold(baggage.size() <= Baggage::maxMembers && baggage.text().size() <= Baggage::maxBytes,
             "it stays bounded");
    mustHold(Baggage::parse(baggage.text()) == baggage, "what is written reads back");

    const std::string_view key = text.substr(0, text.find('='));
    if (baggage.set(key, text)) {
        mustHold(baggage.get(key) == sidespan::toValidUtf8(text), "any text can be carried");
        mustHold(Baggage::parse(baggage.text()) == baggage, "what was set reads back");
    }
    baggage.remove(key);
    mustHold(!baggage.get(key), "what was removed is gone");
    return 0;
}
