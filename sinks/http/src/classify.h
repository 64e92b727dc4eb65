#pragma once

#include <sidespan/detail/request_source.h>
#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// The retry classes: what an answer, or the lack of one, means for the request. The error names the status
/// and holds the beginning of what the server said. Redirects are followed before.
[[nodiscard]] Verdict classify(Outcome<HttpResponse> outcome, const DeliveryClock& clock) noexcept;

}
