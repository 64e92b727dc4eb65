#include "ingest/batch_builder.h"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sidespan/span.h>

namespace sidespan::collector {

namespace {

std::string overLimit(const Span& span, const Limits& limits) {
    auto over = [](const char* what, std::size_t count, std::size_t limit) {
        return count > limit ? fmt::format("{} {} where at most {} are taken", count, what, limit)
                             : std::string();
    };
    if (auto reason = over("attributes", span.attributes.size(), limits.attributesPerSpan); !reason.empty()) {
        return reason;
    }
    if (auto reason = over("events", span.events.size(), limits.eventsPerSpan); !reason.empty())
        return reason;
    return over("links", span.links.size(), limits.linksPerSpan);
}

}

void BatchBuilder::begin() {
    if (begun_++ >= limits_.spansPerRequest) {
        throw BatchError(
            BatchError::Kind::tooLarge,
            fmt::format("more than {} spans in one request; send them in several", limits_.spansPerRequest));
    }
}

bool BatchBuilder::take(const boost::json::value& json) {
    try {
        auto span = Span::fromJson(json);
        if (auto reason = overLimit(span, limits_); !reason.empty()) {
            reject(std::move(reason));
            return false;
        }
        batch_.rows.push_back(makeRow(std::move(span), json.get_object()));
        return true;
    } catch (const std::invalid_argument& error) {
        reject(error.what());
        return false;
    }
}

void BatchBuilder::reject(std::string reason) {
    if (++batch_.rejected > limits_.rejectionsPerRequest) {
        throw BatchError(
            BatchError::Kind::tooLarge,
            fmt::format("more than {} spans of one request are rejected, the last one because {}; "
                        "send fewer at a time",
                        limits_.rejectionsPerRequest, reason));
    }
    if (batch_.rejections.size() < limits_.reportedRejections) {
        batch_.rejections.push_back({begun_ - 1, std::move(reason)});
    }
}

}
