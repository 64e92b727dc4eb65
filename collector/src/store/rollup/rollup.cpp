#include "store/rollup/rollup.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace sidespan::collector {

namespace {

constexpr std::int64_t nanosPerHour = 3'600'000'000'000;
constexpr std::int64_t hoursThatCount = 31 * 24;
constexpr std::string_view loadName = "audio.load";
constexpr std::size_t longestText = 200;
constexpr double mostOfOneSpan = 1e9;  // at 20,000 blocks a second, half a day

boost::json::object parseObject(std::string_view text) {
    boost::system::error_code problem;
    auto json = boost::json::parse(text, problem);
    if (problem || !json.is_object()) return {};
    return std::move(json.get_object());
}

/// Cut at the beginning of a character.
std::string shortened(std::string_view text) {
    if (text.size() <= longestText) return std::string(text);
    auto end = longestText;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
    return std::string(text.substr(0, end));
}

std::string textOf(const boost::json::object& json, std::string_view key) {
    const auto* value = json.if_contains(key);
    return value != nullptr && value->is_string() ? shortened(value->get_string()) : std::string();
}

/// 0 where it is missing, negative, or larger than what one span can tell of.
std::int64_t countOf(const boost::json::object& json, std::string_view key) {
    const auto* value = json.if_contains(key);
    if (value == nullptr || !value->is_number()) return 0;
    const auto number = value->to_number<double>();
    return number >= 0 && number <= mostOfOneSpan ? std::llround(number) : 0;
}

/// Clients tell these numbers: a sum that would be too large stays at the largest, or the smallest.
void addTold(std::int64_t& sum, std::int64_t more) noexcept {
    using Limits = std::numeric_limits<std::int64_t>;
    if (more > 0) {
        sum = sum > Limits::max() - more ? Limits::max() : sum + more;
    } else {
        sum = sum < Limits::min() - more ? Limits::min() : sum + more;
    }
}

}

void TraceTimes::add(const TimeSplit& split, std::int64_t sign) noexcept {
    add({sign, sign * split.plugin, sign * split.network, sign * split.server});
}

void TraceTimes::add(const TraceTimes& other) noexcept {
    addTold(traces, other.traces);
    addTold(plugin, other.plugin);
    addTold(network, other.network);
    addTold(server, other.server);
}

void RollupValue::add(const RollupValue& other) {
    count += other.count;
    errors += other.errors;
    durations.add(other.durations);
    addTold(blocks, other.blocks);
    addTold(overruns, other.overruns);
    times.add(other.times);
}

const ResourceFacts::Facts& ResourceFacts::of(const SpanRow& row) {
    static const Facts nothing;
    if (!row.resource) return nothing;
    const auto [found, isNew] = facts_.try_emplace(row.resource.get());
    if (isNew) {
        const auto json = parseObject(*row.resource);
        found->second = {textOf(json, "os.type"), textOf(json, "daw.name")};
    }
    return found->second;
}

AudioLoad AudioLoad::of(const SpanRow& row) {
    if (row.name != loadName) return {};
    const auto attributes = parseObject(row.attributes);
    const auto blocks = countOf(attributes, "audio.load.blocks");
    return {countOf(attributes, "audio.sample_rate"), countOf(attributes, "audio.block.max_samples"), blocks,
            std::min(blocks, countOf(attributes, "audio.load.overruns"))};
}

RollupSeries seriesOf(const SpanRow& row, const ResourceFacts::Facts& facts, const AudioLoad& load) {
    return {
        shortened(row.name), shortened(row.serviceName), shortened(row.clientVersion), facts.os, facts.host,
        load.sampleRate,     load.blockSamples};
}

std::int64_t rollupHour(std::int64_t startUnixNano, std::int64_t nowUnixNano) noexcept {
    const auto now = nowUnixNano / nanosPerHour;
    const auto start = startUnixNano / nanosPerHour;
    return start > now || start < now - hoursThatCount ? now : start;
}

}
