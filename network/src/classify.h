#pragma once

#include <sidespan/network/detail/request_source.h>
#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// What an answer by `rules`, or the lack of one, means for the request. The error names the status and holds
/// the beginning of what the server said.
[[nodiscard]] DeliveryResult classify(Outcome<HttpResponse> outcome, const AnswerRules& rules,
                                      const DeliveryClock& clock);

}
