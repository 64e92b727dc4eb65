#include <sidespan/network/detail/failure_log.h>

#include <algorithm>

namespace sidespan::inline v0::detail {

void FailureLog::failed(std::string_view what, const Error& error) noexcept {
    auto at = std::ranges::find(reported_, what, &Reported::what);
    if (at == reported_.end()) {
        if (reported_.size() >= maxNames) reported_.clear();
        at = reported_.insert(reported_.end(), {std::string(what), {}});
    }
    auto& known = at->errors;
    if (known.size() >= maxKinds || std::ranges::find(known, error) != known.end()) return;
    known.push_back(error);
    config_.report(error);
}

void FailureLog::succeeded(std::string_view what) noexcept {
    std::erase_if(reported_, [what](const Reported& reported) { return reported.what == what; });
}

}
