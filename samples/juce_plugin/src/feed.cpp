#include "feed.h"

#include <algorithm>
#include <utility>

#include "service_answer.h"

namespace loopshare {

using sidespan::Error;
using sidespan::ErrorCode;
using sidespan::Outcome;

namespace {

constexpr int maxLoops = 50;  // as many as are asked for
constexpr int maxIdCharacters = 128;
constexpr int maxTimeCharacters = 40;
constexpr double maxLoopBytes = 1e15;

SharedLoop toLoop(const juce::var& json) {
    return {service_answer::identifier(json["id"], maxIdCharacters),
            service_answer::line(json["name"], service_answer::maxNameCharacters),
            static_cast<juce::int64>(service_answer::number(json["bytes"], maxLoopBytes)),
            service_answer::line(json["uploadedAt"], maxTimeCharacters)};
}

}

void Feed::refresh() {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(status_.isLoading, true)) return;
    }
    auto root = std::make_shared<OpenSpan>(recorder_.openSpan("feed.refresh"));
    network_.get(root->context(), "/api/v1/audio/loops?limit=50",
                 [this, root](const Outcome<Answer>& answer) { receive(*root, answer); });
}

void Feed::receive(OpenSpan& root, const Outcome<Answer>& answer) {
    const auto context = root.context();
    auto loops = answer ? parse(answer.value(), context) : Outcome<std::vector<SharedLoop>>(answer.error());
    if (!loops) fail(root, loops.error());
    root.end();
    const std::lock_guard lock(mutex_);
    status_.isLoading = false;
    status_.trace = context;
    status_.error.reset();
    if (!loops) status_.error = answer ? Failure::ofNonsense(loops.error()) : Failure(loops.error());
    if (loops) status_.loops = std::move(loops).value();
    ++status_.version;
}

Outcome<std::vector<SharedLoop>> Feed::parse(const Answer& answer, const sidespan::SpanContext& root) {
    auto span = recorder_.span("feed.parse", root);
    const auto json = service_answer::parse(answer.body);
    const auto* list = json["loops"].getArray();
    if (list == nullptr) {
        const Error error{ErrorCode::rejected, "the feed's answer has no list of loops"};
        fail(span, error);
        return error;
    }
    std::vector<SharedLoop> loops;
    for (int i = 0; i < std::min(list->size(), maxLoops); ++i) {
        auto loop = toLoop(list->getReference(i));
        if (loop.id.isNotEmpty()) loops.push_back(std::move(loop));  // without one it cannot be fetched
    }
    span.set("feed.loops", static_cast<std::int64_t>(loops.size()));
    return loops;
}

Feed::Status Feed::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

}
