#include <sidespan/detail/compiler.h>
#include <sidespan/network/detail/failure_log.h>

#include <algorithm>
#include <new>

namespace sidespan::inline v0::detail {

// Without memory a failure is reported again rather than never.
SIDESPAN_COLD void FailureLog::failed(std::string_view what, const Error& error) noexcept {
    bool isNew = true;
    try {
        isNew = remember(what, error);
    } catch (const std::bad_alloc&) {
    }
    if (isNew) config_.report(error);
}

SIDESPAN_COLD bool FailureLog::remember(std::string_view what, const Error& error) {
    auto at = std::ranges::find(reported_, what, &Reported::what);
    if (at == reported_.end()) {
        if (reported_.size() >= maxNames) reported_.clear();
        at = reported_.insert(reported_.end(), {std::string(what), {}});
    }
    auto& known = at->errors;
    if (known.size() >= maxKinds || std::ranges::find(known, error) != known.end()) return false;
    known.push_back(error);
    return true;
}

SIDESPAN_COLD void FailureLog::succeeded(std::string_view what) noexcept {
    std::erase_if(reported_, [what](const Reported& reported) { return reported.what == what; });
}

}
