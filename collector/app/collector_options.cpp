#include "collector_options.h"

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <limits>

#include <fmt/format.h>

namespace sidespan::collector {

namespace {

template <class Number>
Number parseNumber(std::string_view what, std::string_view text, Number least, Number most) {
    Number number{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
        throw UsageError(
            fmt::format("{} is \"{}\"; it must be a number from {} to {}", what, text, least, most));
    }
    return number;
}

// As editors of Windows end it, too.
bool readLine(std::istream& stream, std::string& line) {
    if (!std::getline(stream, line)) return false;
    if (line.ends_with('\r')) line.pop_back();
    return true;
}

std::string readToken(const Arguments& arguments) {
    if (auto file = arguments.value("--token-file")) {
        std::ifstream stream(*file);
        std::string token;
        if (!readLine(stream, token)) {
            throw UsageError(fmt::format("--token-file {}: no token can be read from it", *file));
        }
        return token;
    }
    if (auto token = arguments.value("--token")) return *token;
    const char* fromEnvironment = std::getenv("SIDESPAN_COLLECTOR_TOKEN");
    return fromEnvironment == nullptr ? "" : fromEnvironment;
}

User parseUser(std::string_view what, std::string_view text) {
    auto colon = text.find(':');
    // The text is not repeated: it may hold a password.
    if (colon == text.npos) throw UsageError(fmt::format("{}: a user is written NAME:PASSWORD", what));
    return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

std::vector<User> readUsers(const Arguments& arguments) {
    std::vector<User> users;
    if (auto user = arguments.value("--user")) users.push_back(parseUser("--user", *user));
    auto file = arguments.value("--users-file");
    if (!file) return users;
    std::ifstream stream(*file);
    if (!stream) throw UsageError(fmt::format("--users-file {}: it cannot be read", *file));
    int number = 1;
    for (std::string line; readLine(stream, line); ++number) {
        if (line.empty() || line.starts_with('#')) continue;
        users.push_back(parseUser(fmt::format("--users-file {}, line {}", *file, number), line));
    }
    return users;
}

}

void parseListen(std::string_view text, CollectorOptions& options) {
    auto colon = text.rfind(':');
    auto port = text.substr(colon == text.npos ? 0 : colon + 1);
    auto address = text.substr(0, colon == text.npos ? 0 : colon);
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    } else if (address.find(':') != address.npos) {
        throw UsageError(fmt::format("--listen is \"{}\"; an IPv6 address is written [::1]:8080", text));
    }
    if (!address.empty()) options.address = address;
    options.port =
        parseNumber<std::uint16_t>("--listen's port", port, 0, std::numeric_limits<std::uint16_t>::max());
}

CollectorOptions readOptions(const Arguments& arguments) {
    if (!arguments.words().empty()) {
        throw UsageError(
            fmt::format("\"{}\" is not understood; --help lists the options", arguments.words().front()));
    }
    CollectorOptions options;
    options.port = 8080;
    options.database = arguments.value("--database").value_or("sidespan.db");
    options.token = readToken(arguments);
    options.users = readUsers(arguments);
    if (auto lifetime = arguments.value("--token-lifetime")) {
        options.tokenLifetime =
            std::chrono::seconds(parseNumber<std::int64_t>("--token-lifetime", *lifetime, 1, 31'536'000));
    }
    if (auto listen = arguments.value("--listen")) parseListen(*listen, options);
    if (auto threads = arguments.value("--threads")) {
        options.threads = parseNumber<unsigned>("--threads", *threads, 1, 64);
    }
    constexpr std::size_t mebibyte = 1U << 20;
    if (auto body = arguments.value("--max-body")) {
        options.limits.bodyBytes = parseNumber<std::size_t>("--max-body", *body, 1, 64) * mebibyte;
    }
    if (auto upload = arguments.value("--max-upload")) {
        options.limits.uploadBytes = parseNumber<std::size_t>("--max-upload", *upload, 1, 256) * mebibyte;
        options.limits.bufferedBytes = std::max(options.limits.bufferedBytes, 4 * options.limits.uploadBytes);
    }
    if (auto storage = arguments.value("--max-audio")) {
        options.limits.audioBytes = parseNumber<std::size_t>("--max-audio", *storage, 1, 1U << 20) * mebibyte;
    }
    return options;
}

}
