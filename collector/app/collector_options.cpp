#include "collector_options.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <sidespan_http_server/server_program.h>

namespace sidespan::collector {

namespace {

void addHeader(ForwardOptions& options, std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos || colon == 0)
        throw http_server::UsageError("a header for --forward must look like \"name: value\"");
    auto value = text.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    options.headers.insert_or_assign(std::string(text.substr(0, colon)), std::string(value));
}

ForwardOptions readForwardOptions(const http_server::Arguments& arguments) {
    ForwardOptions options;
    options.url = arguments.value("--forward").value_or("");
    for (const char* name :
         {"--forward-folder", "--forward-header", "--forward-header-file", "--forward-outbox"}) {
        if (options.url.empty() && arguments.has(name))
            throw http_server::UsageError(
                fmt::format("{} needs --forward URL, where spans are forwarded to", name));
    }
    options.folder = arguments.value("--forward-folder").value_or("");
    if (auto file = arguments.value("--forward-header-file")) {
        std::ifstream stream(*file);
        std::string line;
        if (!stream)
            throw http_server::UsageError(fmt::format("--forward-header-file {} cannot be read", *file));
        while (http_server::readLine(stream, line))
            if (!line.empty()) addHeader(options, line);
    }
    for (const auto& header : arguments.values("--forward-header")) addHeader(options, header);
    constexpr std::size_t mebibyte = 1U << 20;
    if (auto most = arguments.value("--forward-outbox")) {
        options.maxBytes =
            http_server::parseNumber<std::size_t>("--forward-outbox", *most, 1, mebibyte) * mebibyte;
    }
    return options;
}

std::size_t readLimit(const http_server::Arguments& arguments, std::string_view name, std::size_t byDefault) {
    const auto text = arguments.value(name);
    if (!text) return byDefault;
    if (*text == "off") return 0;
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error == std::errc() && end == text->data() + text->size() && number >= 1 &&
        number <= http_server::RequestLimits::most)
        return number;
    throw http_server::UsageError(fmt::format("{} is \"{}\"; it must be a number from 1 to {}, or off", name,
                                              *text, http_server::RequestLimits::most));
}

void readRequestLimits(const http_server::Arguments& arguments, http_server::RequestLimits& limits) {
    limits.perAddress = readLimit(arguments, "--limit-address", limits.perAddress);
    limits.perToken = readLimit(arguments, "--limit-token", limits.perToken);
    limits.perInstallation = readLimit(arguments, "--limit-installation", limits.perInstallation);
}

http_server::TrustedProxies readProxies(const http_server::Arguments& arguments) try {
    return http_server::TrustedProxies(arguments.values("--trust-proxy"));
} catch (const std::invalid_argument& error) {
    throw http_server::UsageError(fmt::format("--trust-proxy: {}", error.what()));
}

http_server::AllowedOrigins readOrigins(const http_server::Arguments& arguments) try {
    return http_server::AllowedOrigins(arguments.values("--allow-origin"));
} catch (const std::invalid_argument& error) {
    throw http_server::UsageError(fmt::format("--allow-origin: {}", error.what()));
}

}

namespace {

constexpr std::string_view sqliteScheme = "sqlite:";
constexpr std::int64_t mostDays = 36'500;

/// A number of bytes, or of KiB, MiB, GiB or TiB.
std::int64_t parseBytes(std::string_view what, std::string_view text) {
    constexpr std::string_view units[] = {"", "KiB", "MiB", "GiB", "TiB"};
    const auto digits = std::min(text.find_first_not_of("-0123456789"), text.size());
    const auto* const unit = std::find(std::begin(units), std::end(units), text.substr(digits));
    if (unit == std::end(units)) {
        throw http_server::UsageError(fmt::format(
            "{} is \"{}\"; it must be a number of bytes, or a number followed by KiB, MiB, GiB or TiB", what,
            text));
    }
    const auto shift = 10 * (unit - std::begin(units));
    return http_server::parseNumber<std::int64_t>(what, text.substr(0, digits), 1,
                                                  std::numeric_limits<std::int64_t>::max() >> shift)
           << shift;
}

Retention readRetention(const http_server::Arguments& arguments) {
    const auto number = [&](const char* name, std::int64_t most) -> std::optional<std::int64_t> {
        const auto text = arguments.value(name);
        if (!text) return std::nullopt;
        return http_server::parseNumber<std::int64_t>(name, *text, 1, most);
    };
    constexpr std::int64_t day = 86'400'000;
    constexpr std::int64_t millisecond = 1'000'000;
    Retention retention;
    retention.days = number("--retain-days", mostDays);
    retention.keptDays = number("--retain-kept-days", mostDays);
    if (const auto slow = number("--slow-ms", day)) retention.slowNanos = *slow * millisecond;
    if (const auto most = arguments.value("--max-bytes"))
        retention.maxBytes = parseBytes("--max-bytes", *most);
    if (retention.keptDays && (!retention.days || *retention.keptDays <= *retention.days))
        throw http_server::UsageError(
            "--retain-kept-days must be more than --retain-days, which must be given");
    return retention;
}

/// From the command line, else from the environment, which other users of the machine cannot see.
std::string readStore(const http_server::Arguments& arguments) {
    const char* fromEnvironment =
        arguments.has("--database") ? nullptr : std::getenv("SIDESPAN_COLLECTOR_STORE");
    auto store = arguments.value("--store").value_or(fromEnvironment == nullptr ? "" : fromEnvironment);
    const bool isKnown = store.empty() || store.starts_with(sqliteScheme) ||
                         store.starts_with("postgresql://") || store.starts_with("postgres://");
    if (isKnown) return store;
    throw http_server::UsageError(
        "the store must be postgresql://USER@HOST/DATABASE or sqlite:FILE (hidden: it may contain a "
        "password)");
}

}

bool namesStore(const http_server::Arguments& arguments) {
    return arguments.has("--database") || !readStore(arguments).empty();
}

std::string readStoreAddress(const http_server::Arguments& arguments) {
    const auto file = arguments.value("--database");
    const auto store = readStore(arguments);
    if (file && !store.empty())
        throw http_server::UsageError("--database and --store both say where spans are stored; give one");
    return store.empty() ? std::string(sqliteScheme) + file.value_or("sidespan.db") : store;
}

CollectorOptions readOptions(const http_server::Arguments& arguments) {
    if (!arguments.words().empty()) {
        throw http_server::UsageError(
            fmt::format("\"{}\" is not understood; --help lists the options", arguments.words().front()));
    }
    CollectorOptions options;
    options.port = 8080;
    options.store = readStoreAddress(arguments);
    if (options.store.starts_with(sqliteScheme)) {
        options.database = options.store.substr(sqliteScheme.size());
        options.store.clear();
    }
    options.token = http_server::readToken(arguments, "SIDESPAN_COLLECTOR_TOKEN");
    options.userTokens = http_server::readTokenKey(arguments);
    options.origins = readOrigins(arguments);
    options.proxies = readProxies(arguments);
    readRequestLimits(arguments, options.requestLimits);
    if (auto text = arguments.value("--listen")) {
        auto listen = http_server::parseListen(*text);
        options.address = std::move(listen.address);
        options.port = listen.port;
    }
    if (auto threads = arguments.value("--threads")) {
        options.threads = http_server::parseNumber<unsigned>("--threads", *threads, 1, 64);
    }
    options.retention = readRetention(arguments);
    options.forward = readForwardOptions(arguments);
    constexpr std::size_t mebibyte = 1U << 20;
    if (auto body = arguments.value("--max-body")) {
        options.limits.bodyBytes =
            http_server::parseNumber<std::size_t>("--max-body", *body, 1, 64) * mebibyte;
    }
    return options;
}

}
