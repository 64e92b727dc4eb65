#include "ingest/batch_builder.h"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sidespan/span.h>
#include <boost/json/serialize.hpp>

namespace sidespan::collector {

namespace {

std::string overLimit(std::size_t attributes, std::size_t events, std::size_t links, const Limits& limits) {
    auto over = [](const char* what, std::size_t count, std::size_t limit) {
        return count > limit ? fmt::format("{} {} where at most {} are taken", count, what, limit)
                             : std::string();
    };
    if (auto reason = over("attributes", attributes, limits.attributesPerSpan); !reason.empty()) {
        return reason;
    }
    if (auto reason = over("events", events, limits.eventsPerSpan); !reason.empty()) return reason;
    return over("links", links, limits.linksPerSpan);
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
        if (!isWithin(span.attributes.size(), span.events.size(), span.links.size())) return false;
        batch_.rows.push_back(makeRow(std::move(span), json.get_object()));
        batch_.rows.back().resource = resource_;
        return true;
    } catch (const std::invalid_argument& error) {
        reject(error.what());
        return false;
    }
}

bool BatchBuilder::take(SpanText&& span, const SpanSource& source) {
    if (!isWithin(span.attributeCount, span.eventCount, span.linkCount)) return false;
    batch_.rows.push_back(makeRow(std::move(span), source));
    batch_.rows.back().resource = resource_;
    return true;
}

bool BatchBuilder::isWithin(std::size_t attributes, std::size_t events, std::size_t links) {
    auto reason = overLimit(attributes, events, links, limits_);
    if (reason.empty()) return true;
    reject(std::move(reason));
    return false;
}

void BatchBuilder::setResource(const boost::json::object& attributes) {
    resource_ = resourceText(attributes);
}

std::shared_ptr<const std::string> BatchBuilder::resourceText(const boost::json::object& attributes) const {
    boost::json::object kept;
    for (const auto& [key, value] : attributes) {
        if (kept.size() == limits_.attributesPerSpan) break;
        const bool isTooLong = value.is_string() && value.get_string().size() > limits_.textBytes;
        if (!value.is_null() && !isTooLong) kept[key] = value;
    }
    if (kept.empty()) return nullptr;
    return std::make_shared<const std::string>(boost::json::serialize(kept));
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
