#include "ingest/batch_builder.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sidespan/span.h>
#include <boost/json/serialize.hpp>

namespace sidespan::collector {

namespace {

std::string overLimit(std::size_t attributes, std::size_t events, std::size_t links, const Limits& limits) {
    auto over = [](const char* what, std::size_t count, std::size_t limit) {
        return count > limit ? fmt::format("{} {}; at most {} are accepted", count, what, limit)
                             : std::string();
    };
    if (auto reason = over("attributes", attributes, limits.attributesPerSpan); !reason.empty()) {
        return reason;
    }
    if (auto reason = over("events", events, limits.eventsPerSpan); !reason.empty()) return reason;
    return over("links", links, limits.linksPerSpan);
}

std::size_t valuesIn(const boost::json::value& json) {
    std::size_t values = 1;
    if (const auto* object = json.if_object()) {
        for (const auto& [key, value] : *object) values += valuesIn(value);
    } else if (const auto* array = json.if_array()) {
        for (const auto& value : *array) values += valuesIn(value);
    }
    return values;
}

bool hasTextBeyond(std::size_t bytes, const boost::json::value& json) {
    if (json.is_string()) return json.get_string().size() > bytes;
    return json.is_array() && std::ranges::any_of(json.get_array(), [&](const boost::json::value& value) {
               return hasTextBeyond(bytes, value);
           });
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

bool BatchBuilder::takeUncounted(boost::json::object json) {
    std::size_t values = 0;
    for (const auto* part : {"attributes", "events", "links"})
        if (const auto* value = json.if_contains(part)) values += valuesIn(*value);
    return hasFewEnough(values) && take(std::move(json));
}

bool BatchBuilder::take(SpanText&& span, const SpanSource& source) {
    if (!isWithin(span.attributeCount, span.eventCount, span.linkCount)) return false;
    if (!hasFewEnough(span.valueCount)) return false;
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

bool BatchBuilder::hasFewEnough(std::size_t values) {
    if (values <= limits_.valuesPerSpan) return true;
    reject(tooManyValues());
    return false;
}

std::string BatchBuilder::tooManyValues() const {
    return fmt::format("more than {} JSON values in one span", limits_.valuesPerSpan);
}

void BatchBuilder::setResource(const boost::json::object& attributes) {
    resource_ = valuesIn(attributes) > limits_.valuesPerSpan ? nullptr : resourceText(attributes);
}

std::shared_ptr<const std::string> BatchBuilder::resourceText(const boost::json::object& attributes) const {
    boost::json::object kept;
    for (const auto& [key, value] : attributes) {
        if (kept.size() == limits_.attributesPerSpan) break;
        if (!value.is_null() && !hasTextBeyond(limits_.textBytes, value)) kept[key] = value;
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
