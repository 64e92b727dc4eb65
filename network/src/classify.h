#pragma once

#include <string>
#include <string_view>

#include <sidespan/network/detail/request_source.h>
#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// The beginning of what a server said, fit for a message.
[[nodiscard]] std::string quoteServer(std::string_view said);

/// What an answer by `rules`, or the lack of one, means for the request. The error names the status and holds
/// the beginning of what the server said.
[[nodiscard]] DeliveryResult classify(Outcome<HttpResponse> outcome, const AnswerRules& rules,
                                      const DeliveryClock& clock);

}
