#pragma once

#include <sidespan_http_server/arguments.h>

namespace sidespan::collector {

/// `sidespan-collector tokens create|list|revoke`: the words after `tokens`. Returns the exit status. Throws
/// http_server::UsageError, and std::runtime_error when the store does not answer.
[[nodiscard]] int runTokensCommand(int argc, const char* const* argv);

}
