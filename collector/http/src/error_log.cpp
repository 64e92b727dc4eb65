#include <sidespan_http_server/error_log.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

namespace sidespan::http_server {

namespace {

constexpr std::chrono::seconds interval{10};
constexpr std::size_t mostMessages = 16;

}

void ErrorLog::report(std::string_view message, Time now) {
    const std::lock_guard lock(mutex_);
    auto known = std::ranges::find(written_, message, &Written::message);
    if (known == written_.end()) {
        write_(message);
        if (written_.size() == mostMessages)
            written_.erase(std::ranges::min_element(written_, {}, &Written::at));
        written_.push_back({std::string(message), now, 0});
    } else if (now - known->at < interval) {
        ++known->left;
    } else {
        const auto left = std::exchange(known->left, 0);
        known->at = now;
        write_(left == 0 ? known->message
                         : fmt::format("{} ({} more times since the last line)", message, left));
    }
}

std::function<void(std::string_view)> standardError(std::string program) {
    return [program = std::move(program)](std::string_view message) {
        // Not fmt's, which throws when nobody can be told.
        std::fputs(fmt::format("{}: {}\n", program, message).c_str(), stderr);
    };
}

}
