#include <charconv>
#include <string>
#include <string_view>

#include <sidespan/config.h>
#include <sidespan/detail/join.h>

namespace sidespan::inline v0 {
namespace {

using namespace std::chrono_literals;

// Collects the first thing that is wrong.
class Checker {
public:
    template <class T>
    void inRange(std::string_view field, T value, T low, T high, std::string_view unit) {
        if (value >= low && value <= high) return;
        failRange(field, detail::decimal(value), detail::decimal(low), detail::decimal(high), unit);
    }

    void inRange(std::string_view field, std::chrono::seconds value, std::chrono::seconds low,
                 std::chrono::seconds high) {
        inRange(field, value.count(), low.count(), high.count(), " s");
    }

    void inRange(std::string_view field, std::chrono::milliseconds value, std::chrono::milliseconds low,
                 std::chrono::milliseconds high) {
        inRange(field, value.count(), low.count(), high.count(), " ms");
    }

    void isUrl(std::string_view field, std::string_view value) {
        if (value.empty()) return;
        const auto scheme = value.starts_with("https://") ? 8U : value.starts_with("http://") ? 7U : 0U;
        const auto authority = value.substr(scheme, value.find_first_of("/?#", scheme) - scheme);
        if (scheme == 0 || authority.empty() || hasControl(value) ||
            value.find(' ') != std::string_view::npos) {
            const bool isSecret = value.find('@') != std::string_view::npos;
            fail(field,
                 isSecret ? "none that can be used (not shown: it may hold credentials)" : quoted(value),
                 "an address such as \"https://telemetry.example.com\"");
        } else if (authority.find('@') != std::string_view::npos) {
            fail(field, "an address with credentials in it", "one without; use Config::token");
        } else if (value.find_first_of("?#") != std::string_view::npos) {
            fail(field, "an address with \"?\" or \"#\" in it", "one without: paths are added to it");
        } else if (hasBadPort(authority)) {
            fail(field, quoted(value), "an address whose port is from 1 to 65535");
        }
    }

    // Without one, every library takes another.
    void hasPort(std::string_view field, std::string_view address) {
        if (address.empty() || !message.empty()) return;
        const auto authority = address.substr(0, address.find('/', address.find("//") + 2));
        const auto digits = authority.find_last_not_of("0123456789");
        if (digits + 1 == authority.size() || authority[digits] != ':')
            fail(field, quoted(address), "one with a port such as \"http://proxy.example.com:3128\"");
    }

    void isHeaderValue(std::string_view field, std::string_view value) {
        if (hasControl(value))
            fail(field, "a value with control characters", "printable text (RFC 9110, 5.5)");
    }

    void isHeaderName(std::string_view field, std::string_view name) {
        const auto allowed =
            std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (name.empty() || name.find_first_not_of(allowed) != std::string_view::npos) {
            fail(field, quoted(name), "a token (RFC 9110, 5.6.2)");
        }
    }

    std::string message;

private:
    static bool hasBadPort(std::string_view authority) {
        const auto colon = authority.rfind(':');
        if (colon == authority.npos || authority.find(']', colon) != authority.npos) return false;  // [::1]
        unsigned port = 0;
        const auto* const end = authority.data() + authority.size();
        const auto read = std::from_chars(authority.data() + colon + 1, end, port);
        return read.ec != std::errc{} || read.ptr != end || port == 0 || port > 65535;
    }

    static bool hasControl(std::string_view text) {
        for (const char c : text) {
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
        }
        return false;
    }

    static std::string quoted(std::string_view text) {
        std::string out = "\"";
        for (const char c : text.substr(0, 200)) out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
        return out + "\"";
    }

    void failRange(std::string_view field, std::string_view value, std::string_view low,
                   std::string_view high, std::string_view unit) {
        fail(field, detail::join({value, unit}), detail::join({"from ", low, " to ", high, unit}));
    }

    void fail(std::string_view field, std::string_view held, std::string_view right) {
        if (message.empty())
            message = detail::join({"Config::", field, " is ", held, "; it must be ", right});
    }
};

constexpr std::size_t maxVersionBytes = 32;  // the width of client_version in client_telemetry_spans

void checkSizes(Checker& check, const Config& config) {
    constexpr std::size_t kib = 1024;
    constexpr std::size_t mib = 1024 * kib;
    check.inRange("queue.capacityBytes", config.queue.capacityBytes, 64 * kib, 1024 * mib, " bytes");
    check.inRange<std::size_t>("batch.maxSpans", config.batch.maxSpans, 1, 65536, " spans");
    check.inRange("batch.maxBytes", config.batch.maxBytes, 8 * kib, 64 * mib, " bytes");
    check.inRange("outbox.maxBytes", config.outbox.maxBytes, 64 * kib, std::size_t{1} << 40U, " bytes");
    check.inRange("file.maxBytes", config.file.maxBytes, 4 * kib, std::size_t{1} << 40U, " bytes");
    check.inRange<std::uint32_t>("file.maxFiles", config.file.maxFiles, 1, 1000, " files");
}

void checkTimes(Checker& check, const Config& config) {
    check.inRange("queue.drainInterval", config.queue.drainInterval, 1ms, 10s);
    check.inRange("batch.maxAge", config.batch.maxAge, 0ms, 1h);
    check.inRange("http.connectTimeout", config.http.connectTimeout, 1ms, 10min);
    check.inRange("http.requestTimeout", config.http.requestTimeout, 1ms, 1h);
    check.inRange("retry.initialBackoff", config.retry.initialBackoff, 1ms, 1h);
    check.inRange("retry.maxBackoff", config.retry.maxBackoff, config.retry.initialBackoff, 24h);
    check.inRange("outbox.maxAge", config.outbox.maxAge, 1s, std::chrono::hours{24 * 366});
    check.inRange("shutdownTimeout", config.shutdownTimeout, 0ms, 1min);
}

}

std::optional<Error> check(const Config& config) {
    Checker checker;
    checker.isUrl("endpoint", config.endpoint);
    checker.isUrl("http.proxy", config.http.proxy);
    checker.hasPort("http.proxy", config.http.proxy);
    checker.isHeaderValue("token", config.token);
    checker.isHeaderValue("service.name", config.service.name);
    checker.isHeaderValue("service.version", config.service.version);
    checker.inRange<std::size_t>("service.version", config.service.version.size(), 0, maxVersionBytes,
                                 " bytes");
    for (const auto& [name, value] : config.http.headers) {
        checker.isHeaderName("http.headers", name);
        checker.isHeaderValue("http.headers", value);
    }
    checkSizes(checker, config);
    checkTimes(checker, config);
    if (!checker.message.empty()) return Error{ErrorCode::invalidConfig, std::move(checker.message)};
    return std::nullopt;
}

Outcome<ValidConfig> validate(Config config) {
    if (auto wrong = check(config)) return *std::move(wrong);
    return detail::asChecked(config);
}

void ValidConfig::report(const Error& error) const noexcept {
    if (!config_->onError) return;
    try {
        config_->onError(error);
    } catch (...) {  // NOLINT(bugprone-empty-catch)
    }
}

namespace detail {

ValidConfig asChecked(Config& config) {
    return ValidConfig(std::make_shared<const Config>(std::move(config)));
}

ValidConfig withoutSettings(Config& config) {
    auto kept = std::make_shared<Config>();
    kept->consent = std::move(config.consent);
    kept->onError = std::move(config.onError);
    return ValidConfig(std::move(kept));
}

}

}
