// Config::fromEnvironment(): the variables of the OpenTelemetry specification.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sidespan/config.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/header_text.h>
#include <sidespan/detail/hex.h>
#include <sidespan/detail/join.h>

#include "fields.h"

namespace sidespan::inline v0 {
namespace {

using namespace std::chrono_literals;
using detail::join;

// The specification counts spans in the queue; this is the size that is reserved for each.
constexpr std::size_t bytesOfQueuedSpan = 2048;

SIDESPAN_COLD std::optional<std::string> strictlyDecoded(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size();) {
        const auto character = detail::decodedAt(text, at);
        if (text[at] == '%' && character.size == 1) return std::nullopt;
        decoded += character.value;
        at += character.size;
    }
    return decoded;
}

using Pairs = std::map<std::string, std::string>;

// `key=value,key=value`, percent-encoded like baggage. Nothing if one member is wrong.
SIDESPAN_COLD std::optional<Pairs> readPairs(std::string_view text) {
    Pairs pairs;
    while (!text.empty()) {
        const auto member = detail::takeMember(text);
        if (member.empty()) continue;
        const auto equals = member.find('=');
        if (equals == member.npos) return std::nullopt;
        const auto key = strictlyDecoded(detail::trim(member.substr(0, equals)));
        auto value = strictlyDecoded(detail::trim(member.substr(equals + 1)));
        if (!key || key->empty() || !value) return std::nullopt;
        pairs.insert_or_assign(*key, *std::move(value));
    }
    return pairs;
}

// A decimal number from 0 to 1, without an exponent.
std::optional<double> readShare(std::string_view text) {
    constexpr std::string_view digits = "0123456789";
    const auto whole = text.substr(0, text.find('.'));
    const auto fraction = text.substr(std::min(whole.size() + 1, text.size()));
    if (whole.size() + fraction.size() == 0 || whole.find_first_not_of(digits) != whole.npos ||
        fraction.find_first_not_of(digits) != fraction.npos)
        return std::nullopt;
    double number = 0;
    double unit = 1;
    for (const char c : whole) number = number * 10 + (c - '0');
    for (const char c : fraction) {
        unit /= 10;
        number += (c - '0') * unit;
    }
    return number <= 1 ? std::optional(number) : std::nullopt;
}

// Reads one variable after another. A wrong variable does not affect the others.
class EnvironmentReader {
public:
    explicit EnvironmentReader(Config& config) : config_(config) {}

    // `set(changed, value)` returns what the value must be if it is wrong, else null. After that, the
    // configuration's own rules are checked.
    template <class Set>
    void read(const char* variable, Set set) {
        const char* const value = std::getenv(variable);
        if (value == nullptr || *value == '\0') return;
        Config changed = config_;
        if (const char* const right = set(changed, std::string_view(value)))
            return report(join({variable, " is ", shown(variable, value), "; it must be ", right}));
        if (const auto wrong = (check)(changed)) return report(join({variable, ": ", wrong->message}));
        config_ = std::move(changed);
    }

    // A number, which is passed to `set`.
    template <class Set>
    void readNumber(const char* variable, const char* right, Set set) {
        read(variable, [&](Config& changed, std::string_view text) {
            const auto number = detail::takeDecimal(text);
            if (!number || !text.empty() || !std::in_range<std::uint32_t>(*number)) return right;
            set(changed, static_cast<std::uint32_t>(*number));
            return static_cast<const char*>(nullptr);
        });
    }
    template <class Set>
    void readMilliseconds(const char* variable, Set set) {
        readNumber(
            variable, "a number of milliseconds, such as 5000",
            [&](Config& changed, std::uint32_t number) { set(changed, std::chrono::milliseconds(number)); });
    }

    // A member of a list that is ignored; the other members are used.
    void reportMember(const char* variable, std::string_view name, const char* right) const {
        tell(join(
            {variable, " names ", detail::quoted(name), "; it must be ", right, " (the name is ignored)"}));
    }

private:
    static std::string shown(std::string_view variable, std::string_view value) {
        if (variable.ends_with("HEADERS"))
            return "not a list of headers (hidden: it may contain credentials)";
        return variable.ends_with("ENDPOINT") ? detail::shownUrl(value) : detail::quoted(value);
    }

    void report(std::string_view message) const { tell(join({message, " (the variable is ignored)"})); }

    void tell(std::string message) const {
        if (config_.onError) config_.onError({ErrorCode::invalidConfig, std::move(message)});
    }

    Config& config_;
};

void readProgram(EnvironmentReader& environment) {
    environment.read("OTEL_SDK_DISABLED", [](Config& config, std::string_view text) {
        const auto word = detail::toLower(text);
        config.disabled = word == "true";
        return word == "true" || word == "false" ? nullptr : "true or false";
    });
    environment.read("OTEL_RESOURCE_ATTRIBUTES", [](Config& config, std::string_view text) -> const char* {
        auto pairs = readPairs(text);
        if (!pairs) return "key=value pairs with commas between them, percent-encoded";
        const auto take = [&](const char* key, std::string& to) {
            if (const auto node = pairs->extract(key)) to = node.mapped();
        };
        take("service.name", config.service.name);
        take("service.version", config.service.version);
        take("service.instance.id", config.service.instanceId);
        for (auto& [key, value] : *pairs) config.resource.insert_or_assign(key, std::move(value));
        return nullptr;
    });
    environment.read("OTEL_SERVICE_NAME", [](Config& config, std::string_view text) {
        config.service.name = text;
        return static_cast<const char*>(nullptr);
    });
}

// A name must be a token: in a line "Name: value" with a '=' in it, what comes before the '=' contains the
// secret.
SIDESPAN_COLD const char* readHeaders(Config& config, std::string_view text) {
    auto pairs = readPairs(text);
    const auto isName = [](const auto& pair) { return detail::isToken(pair.first); };
    if (!pairs || !std::ranges::all_of(*pairs, isName))
        return "name=value pairs with commas between them, percent-encoded";
    config.http.headers = *std::move(pairs);
    return nullptr;
}

void readExporter(EnvironmentReader& environment) {
    environment.read("OTEL_EXPORTER_OTLP_ENDPOINT", [](Config& config, std::string_view text) {
        while (text.ends_with('/')) text.remove_suffix(1);
        config.endpoint = text;
        return static_cast<const char*>(nullptr);
    });
    environment.read("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", [](Config& config, std::string_view text) {
        const auto scheme = text.find("://");
        const auto path = scheme == text.npos ? text.npos : text.find('/', scheme + 3);
        config.endpoint = text.substr(0, path);
        config.http.spansPath = path == text.npos ? "/" : text.substr(path);
        return static_cast<const char*>(nullptr);
    });
    // The variables for traces replace the general ones.
    for (const char* variable : {"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"})
        environment.read(variable, readHeaders);
    for (const char* variable : {"OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"})
        environment.readMilliseconds(variable,
                                     [](Config& config, auto time) { config.http.requestTimeout = time; });
}

// `share` is for traceidratio: 1 unless OTEL_TRACES_SAMPLER_ARG is set.
SIDESPAN_COLD std::optional<Sampler> samplerOf(std::string_view name, double share) {
    if (name == "always_on") return Sampler::alwaysOn();
    if (name == "always_off") return Sampler::alwaysOff();
    if (name == "traceidratio") return Sampler::probability(share);
    if (!name.starts_with("parentbased_")) return std::nullopt;
    const auto root = samplerOf(name.substr(std::string_view("parentbased_").size()), share);
    if (!root || root->isParentBased()) return std::nullopt;
    return Sampler::parentBased(*root);
}

void readSampler(EnvironmentReader& environment) {
    double share = 1;
    environment.read("OTEL_TRACES_SAMPLER_ARG", [&](Config&, std::string_view text) -> const char* {
        const auto number = readShare(text);
        if (!number) return "a share from 0 to 1, such as 0.25";
        share = *number;
        return nullptr;
    });
    environment.read("OTEL_TRACES_SAMPLER", [&](Config& config, std::string_view text) -> const char* {
        const auto sampler = samplerOf(detail::toLower(text), share);
        if (!sampler)
            return "always_on, always_off, traceidratio, or one of these with parentbased_ before it";
        config.sampler = *sampler;
        return nullptr;
    });
}

// tracecontext includes the X-headers, which name the trace as `traceparent` does.
std::optional<Propagators> propagatorsOf(std::string_view name) {
    if (name == "none") return Propagators::none;
    if (name == "tracecontext") return Propagators::traceContext | Propagators::xHeaders;
    if (name == "baggage") return Propagators::baggage;
    return std::nullopt;
}

void readPropagators(EnvironmentReader& environment) {
    constexpr const char* variable = "OTEL_PROPAGATORS";
    constexpr const char* right =
        "none, or tracecontext and baggage with a comma between them, or one of them";
    environment.read(variable, [&](Config& config, std::string_view text) -> const char* {
        std::optional<Propagators> chosen;
        while (!text.empty()) {
            const auto name = detail::toLower(detail::takeMember(text));
            if (name.empty()) continue;
            if (const auto named = propagatorsOf(name)) {
                const bool isNone = *named == Propagators::none;
                if (chosen && (*chosen == Propagators::none) != isNone) return right;
                chosen = chosen.value_or(Propagators::none) | *named;
            } else {
                environment.reportMember(variable, name, right);
            }
        }
        if (chosen) config.propagators = *chosen;
        return nullptr;
    });
}

void readBatches(EnvironmentReader& environment) {
    constexpr const char* spans = "a number of spans, such as 512";
    environment.readNumber("OTEL_BSP_MAX_QUEUE_SIZE", spans, [](Config& config, std::uint32_t number) {
        config.queue.capacityBytes = std::size_t{number} * bytesOfQueuedSpan;
    });
    environment.readNumber("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", spans,
                           [](Config& config, std::uint32_t number) { config.batch.maxSpans = number; });
    environment.readMilliseconds("OTEL_BSP_SCHEDULE_DELAY",
                                 [](Config& config, auto time) { config.batch.maxAge = time; });
    environment.readMilliseconds("OTEL_BSP_EXPORT_TIMEOUT", [](Config& config, auto time) {
        config.http.requestTimeout = std::min<std::chrono::milliseconds>(config.http.requestTimeout, time);
    });
}

}

SIDESPAN_COLD Config Config::fromEnvironment(ErrorHandler onError) {
    Config config;
    config.onError = std::move(onError);
    config.endpoint = "http://localhost:4318";
    config.http.requestTimeout = 10s;
    config.batch.maxAge = 5s;
    EnvironmentReader environment(config);
    readProgram(environment);
    readExporter(environment);
    readSampler(environment);
    readPropagators(environment);
    readBatches(environment);
    return config;
}

}
