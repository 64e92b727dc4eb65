#include <sidespan/propagation/header_names.h>

#include <algorithm>

#include <sidespan/detail/header_text.h>

namespace sidespan::inline v0::headers {

Propagators propagatorOf(std::string_view name) noexcept {
    const auto is = [name](std::string_view other) { return detail::equalIgnoringCase(name, other); };
    if (is(traceParent) || is(traceState)) return Propagators::traceContext;
    if (is(baggage)) return Propagators::baggage;
    return std::ranges::any_of(all, is) ? Propagators::xHeaders : Propagators::none;
}

}
