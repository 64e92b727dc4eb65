#include <chrono>

#include "fuzz_target.h"
#include "retry_after.h"

using namespace std::chrono_literals;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = asText(data, size);
    static_cast<void>(sidespan::detail::parseHttpDate(text));
    const auto now = std::chrono::sys_days{std::chrono::year{2026} / 1 / 2} + 12h;
    const auto delay = sidespan::detail::parseRetryAfter(text, now);
    mustHold(!delay || (*delay >= 0s && *delay <= 24h), "no answer silences for longer than a day");
    return 0;
}
