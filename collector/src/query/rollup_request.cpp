#include "query/rollup_request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace sidespan::collector {

namespace {

constexpr std::int64_t msPerHour = 3'600'000;

constexpr std::array<std::string_view, 7> dimensionNames{"operation", "service",    "version",     "os",
                                                         "host",      "sampleRate", "blockSamples"};

std::int64_t parseNumber(std::string_view name, std::string_view text, std::int64_t most) {
    std::int64_t number = -1;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end || number < 0 || number > most) {
        throw std::invalid_argument(
            fmt::format("{} is \"{}\"; it must be a whole number from 0 to {}", name, text, most));
    }
    return number;
}

std::vector<RollupDimension> parseDimensions(std::string_view text) {
    std::vector<RollupDimension> dimensions;
    while (!text.empty()) {
        const auto name = text.substr(0, text.find(','));
        const auto* const found = std::find(dimensionNames.begin(), dimensionNames.end(), name);
        if (found == dimensionNames.end()) {
            throw std::invalid_argument(fmt::format("by has \"{}\"; it is a list, with commas, of {}", name,
                                                    fmt::join(dimensionNames, ", ")));
        }
        const auto dimension = static_cast<RollupDimension>(found - dimensionNames.begin());
        if (std::find(dimensions.begin(), dimensions.end(), dimension) == dimensions.end())
            dimensions.push_back(dimension);
        text.remove_prefix(std::min(text.size(), name.size() + 1));
    }
    return dimensions;
}

void apply(RollupQuery& query, const std::string& name, const std::string& value) {
    constexpr std::int64_t latestMs = 253'402'300'799'999;  // the year 9999
    constexpr std::int64_t longestStep = 24 * 366;
    if (name == "from") {
        query.fromHour = parseNumber(name, value, latestMs) / msPerHour;
    } else if (name == "until") {
        query.untilHour = (parseNumber(name, value, latestMs) + msPerHour - 1) / msPerHour;
    } else if (name == "step") {
        query.stepHours = parseNumber(name, value, longestStep);
    } else if (name == "by") {
        query.by = parseDimensions(value);
    } else if (name == "operation") {
        query.operation = value;
    } else if (name == "service") {
        query.service = value;
    } else if (name == "version") {
        query.version = value;
    } else if (name == "os") {
        query.os = value;
    } else if (name == "host") {
        query.host = value;
    } else {
        throw std::invalid_argument(fmt::format(
            "there is no parameter \"{}\"; there are from, until, step, by, operation, service, version, os "
            "and host",
            name));
    }
}

boost::json::value dimensionOf(const RollupSeries& series, RollupDimension dimension) {
    switch (dimension) {
        case RollupDimension::operation:
            return boost::json::value(series.operation);
        case RollupDimension::service:
            return boost::json::value(series.service);
        case RollupDimension::version:
            return boost::json::value(series.version);
        case RollupDimension::os:
            return boost::json::value(series.os);
        case RollupDimension::host:
            return boost::json::value(series.host);
        case RollupDimension::sampleRate:
            return series.sampleRate;
        case RollupDimension::blockSamples:
            return series.blockSamples;
    }
    return nullptr;
}

boost::json::object rowJson(const RollupRow& row, const RollupQuery& query) {
    boost::json::object json{{"time", row.key.hour * msPerHour}};
    for (const auto dimension : query.by)
        json[dimensionNames[static_cast<std::size_t>(dimension)]] = dimensionOf(row.key.series, dimension);
    const auto& value = row.value;
    json["count"] = value.count;
    json["errors"] = value.errors;
    for (const auto& [name, share] : {std::pair{"p50Ms", 0.5}, {"p95Ms", 0.95}, {"p99Ms", 0.99}})
        json[name] = value.durations.quantile(share) / 1e6;
    json["blocks"] = value.blocks;
    json["overruns"] = value.overruns;
    json["traces"] = value.times.traces;
    for (const auto& [name, nanos] : {std::pair{"pluginMs", value.times.plugin},
                                      {"networkMs", value.times.network},
                                      {"serverMs", value.times.server}})
        json[name] = static_cast<double>(nanos) / 1e6;
    json["durations"] = boost::json::array(value.durations.counts().begin(), value.durations.counts().end());
    return json;
}

}

RollupQuery parseRollupQuery(const http_server::QueryParameters& parameters, std::int64_t nowUnixMs) {
    RollupQuery query;
    query.untilHour = nowUnixMs / msPerHour + 1;
    query.fromHour = -1;
    for (const auto& [name, value] : parameters) apply(query, name, value);
    if (query.fromHour < 0) query.fromHour = std::max<std::int64_t>(0, query.untilHour - 24);
    if (query.fromHour >= query.untilHour)
        throw std::invalid_argument("until is before from; it must be later");
    return query;
}

std::string toJson(const std::vector<RollupRow>& rows, const RollupQuery& query) {
    boost::json::array list;
    for (const auto& row : rows) list.push_back(rowJson(row, query));
    return boost::json::serialize(boost::json::object{{"from", query.fromHour * msPerHour},
                                                      {"until", query.untilHour * msPerHour},
                                                      {"rows", std::move(list)}});
}

}
