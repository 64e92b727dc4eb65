#include "failure_log.h"

#include <algorithm>

namespace sidespan::inline v0::detail {

void FailureLog::failed(const std::string& what, const Error& error) {
    if (reported_.size() >= maxNames && !reported_.contains(what)) reported_.clear();
    auto& known = reported_[what];
    if (known.size() >= maxKinds || std::ranges::find(known, error) != known.end()) return;
    known.push_back(error);
    try {
        config_.report(error);
    } catch (...) {
        // The handler is the user's; there is nobody left to tell.
    }
}

}
