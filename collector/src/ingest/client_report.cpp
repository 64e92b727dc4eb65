#include "ingest/client_report.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <sidespan/json/parse_json.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace sidespan::collector {

namespace {

constexpr std::size_t mostReasons = 32;
constexpr std::size_t reasonBytes = 32;
constexpr std::size_t instanceBytes = 64;
constexpr std::int64_t mostNanos = std::int64_t{1} << 61;  // so that two of them can be added
constexpr std::int64_t mostSpans = std::int64_t{1} << 53;  // what a JSON number holds for sure

bool isWord(std::string_view text, std::size_t most) {
    return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

std::optional<std::pair<std::string, std::int64_t>> readLoss(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    auto equals = text.find('=');
    if (equals == text.npos || !isWord(text.substr(0, equals), reasonBytes)) return std::nullopt;
    std::int64_t count = 0;
    auto [end, error] = std::from_chars(text.data() + equals + 1, text.data() + text.size(), count);
    if (error != std::errc() || end != text.data() + text.size() || count < 0 || count > mostSpans) {
        return std::nullopt;
    }
    return std::pair(std::string(text.substr(0, equals)), count);
}

// The number of `name=number` among others.
std::optional<std::int64_t> numberNamed(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        auto part = list.substr(0, list.find(','));
        list.remove_prefix(std::min(part.size() + 1, list.size()));
        part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
        if (part.substr(0, part.find('=')) != name || part.size() == name.size()) continue;
        std::int64_t number = 0;
        const auto* const last = part.data() + part.size();
        const auto [end, error] = std::from_chars(part.data() + name.size() + 1, last, number);
        const bool isIt = error == std::errc() && end == last && number >= -mostNanos && number <= mostNanos;
        return isIt ? std::optional(number) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<ClientClock> readClock(std::string_view text) {
    const auto wall = numberNamed(text, "wall");
    const auto monotonic = numberNamed(text, "monotonic");
    if (!wall || !monotonic) return std::nullopt;
    ClientClock clock{*wall, *monotonic};
    const auto offset = numberNamed(text, "offset");
    const auto error = numberNamed(text, "error");
    if (offset && error && *error >= 0) clock.server = {*offset, *error};
    return clock;
}

}

std::int64_t ClientReport::lostTotal() const noexcept {
    std::int64_t total = 0;
    for (const auto& [reason, count] : lost) total += count;
    return total;
}

std::string ClientReport::lostJson() const {
    boost::json::object json;
    for (const auto& [reason, count] : lost) json[reason] = count;
    return boost::json::serialize(json);
}

std::vector<std::pair<std::string, std::int64_t>> ClientReport::lostSince(std::string_view before) const {
    const auto json = before.empty() ? boost::json::object() : parseJson(before).as_object();
    std::int64_t total = 0;
    for (const auto& [reason, count] : json) total += count.to_number<std::int64_t>();
    std::vector<std::pair<std::string, std::int64_t>> since;
    if (total > lostTotal()) return since;
    for (const auto& [reason, count] : lost) {
        const auto* const known = json.if_contains(reason);
        const auto more = count - (known == nullptr ? 0 : known->to_number<std::int64_t>());
        if (more > 0) since.emplace_back(reason, more);
    }
    return since;
}

ClientReport readClientReport(std::string_view instance, std::string_view installation, std::string_view lost,
                              std::string_view clock) {
    ClientReport report;
    if (!isWord(instance, instanceBytes)) return report;
    report.instance = instance;
    if (isWord(installation, instanceBytes)) report.installation = installation;
    report.clock = readClock(clock);
    while (!lost.empty() && report.lost.size() < mostReasons) {
        auto part = lost.substr(0, lost.find(','));
        lost.remove_prefix(std::min(part.size() + 1, lost.size()));
        if (auto loss = readLoss(part)) report.lost.push_back(std::move(*loss));
    }
    return report;
}

}
