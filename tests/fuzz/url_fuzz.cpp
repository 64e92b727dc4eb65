#include "fuzz_target.h"
#include "url.h"

using sidespan::detail::Url;

namespace {

void check(const Url& url) {
    mustHold(url.scheme == "http" || url.scheme == "https", "only http is followed");
    mustHold(!url.host.empty() && url.target.starts_with('/'), "an address has a host and a target");
    const auto again = Url::parse(url.text());
    mustHold(again && again->hasSameOrigin(url), "what is written names the same server");
}

}

// A reference, from a server that is known, and from one of the input's own.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = asText(data, size);
    static const Url known = *Url::parse("https://telemetry.example.com:8443/a/b?c");
    if (const auto url = Url::parse(text)) check(*url);
    if (const auto resolved = known.resolve(text)) check(*resolved);
    const auto line = text.find('\n');
    if (line == text.npos) return 0;
    const auto base = Url::parse(text.substr(0, line));
    if (const auto resolved = base ? base->resolve(text.substr(line + 1)) : std::nullopt) check(*resolved);
    return 0;
}
