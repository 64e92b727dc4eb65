#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include <sidespan/config.h>
#include <sidespan/detail/drain/home_paths.h>
#include <sidespan/detail/join.h>
#include <sidespan/detail/platform.h>

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

    // `credentials` says whether "user:password@" may stand before the host; they are never quoted.
    enum class Credentials : std::uint8_t { refused, allowed };
    void isUrl(std::string_view field, std::string_view value, std::string_view example,
               Credentials credentials = Credentials::refused) {
        if (value.empty()) return;
        const auto scheme = schemeSize(value);
        const auto authority = value.substr(scheme, value.find_first_of("/?#", scheme) - scheme);
        const auto host = authority.substr(authority.rfind('@') + 1);
        if (scheme == 0 || hasControl(value) || value.find(' ') != value.npos) {
            fail(field, shown(value), detail::join({"an address such as ", quoted(example)}));
        } else if (host.size() != authority.size() && credentials == Credentials::refused) {
            fail(field, "a URL with credentials in it", "one without: use Config::token");
        } else if (value.find_first_of("?#") != value.npos) {
            fail(field, "a URL with \"?\" or \"#\" in it", "one without: paths are added to it");
        } else if (!hasHost(host) || hasBadPort(host)) {
            fail(field, shown(value), "an address with a host, and a port from 1 to 65535 or none");
        }
    }

    // Without one, every library takes another.
    void hasPort(std::string_view field, std::string_view address, std::string_view example) {
        if (address.empty() || !message.empty()) return;
        const auto authority = address.substr(0, address.find('/', address.find("//") + 2));
        const auto digits = authority.find_last_not_of("0123456789");
        if (digits + 1 == authority.size() || authority[digits] != ':')
            fail(field, shown(address), detail::join({"a URL with a port, such as ", quoted(example)}));
    }

    void isHeaderValue(std::string_view field, std::string_view value) {
        if (hasControl(value))
            fail(field, "a value with control characters", "printable text (RFC 9110, 5.5)");
    }

    void isHeader(std::string_view name, std::string_view value) {
        constexpr std::string_view field = "http.headers";
        constexpr std::string_view allowed =
            "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        if (name.empty() || name.find_first_not_of(allowed) != name.npos) {
            fail(field, quoted(name), "a token (RFC 9110, 5.6.2)");
        } else if (isOfOneRequest(name)) {
            fail(field, quoted(name),
                 "another header: Content-*, Transfer-Encoding and Idempotency-Key are set for each request "
                 "by the SDK");
        } else if (hasControl(value)) {
            fail(field, detail::join({quoted(name), " with control characters in its value"}),
                 "printable text (RFC 9110, 5.5)");
        }
    }

    // The shell's abbreviation makes a folder of that name here.
    void isPath(std::string_view field, std::string_view path) {
        if (path.find('\0') != path.npos) {
            fail(field, "a path with a null character in it", "one without");
        } else if (path.starts_with('~') && (path.size() == 1 || path[1] == '/' || path[1] == '\\')) {
            fail(field, quoted(path), "a path in full, without \"~\"");
        }
    }

    void isNoMoreThan(std::string_view field, std::chrono::milliseconds value, std::string_view other,
                      std::chrono::milliseconds most) {
        if (value > most)
            fail(field, detail::join({detail::decimal(value.count()), " ms"}),
                 detail::join({"no more than ", other, ", ", detail::decimal(most.count()), " ms"}));
    }

    std::string message;

private:
    // Of "http://" or "https://", in any case (RFC 3986, 3.1); 0 when it is neither.
    static std::size_t schemeSize(std::string_view url) {
        for (const std::string_view scheme : {"https://", "http://"}) {
            const auto isSame = [](char a, char b) {
                return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
            };
            if (std::ranges::equal(scheme, url.substr(0, scheme.size()), isSame)) return scheme.size();
        }
        return 0;
    }

    static std::string shown(std::string_view url) {
        if (url.find('@') != url.npos) return "not such a URL (hidden: it may contain credentials)";
        return quoted(url);
    }

    // RFC 3986, 3.2.2: an address of IPv6 stands in brackets, nothing else holds a colon.
    static std::string_view hostOf(std::string_view authority) {
        if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
        return authority.substr(0, authority.rfind(':'));
    }

    static bool hasHost(std::string_view authority) {
        const auto host = hostOf(authority);
        if (host.starts_with('['))
            return host.size() > 2 &&
                   host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
        return !host.empty() && host.find_first_of("[]:\\") == host.npos;
    }

    static bool hasBadPort(std::string_view authority) {
        const auto rest = authority.substr(hostOf(authority).size());
        if (rest.empty()) return false;
        unsigned port = 0;
        const auto* const end = rest.data() + rest.size();
        const auto read = std::from_chars(rest.data() + 1, end, port);
        return rest[0] != ':' || read.ec != std::errc{} || read.ptr != end || port == 0 || port > 65535;
    }

    // Those that say what one body is, or which: a second one would contradict the first.
    static bool isOfOneRequest(std::string_view name) {
        std::string lower(name);
        for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
        return lower.starts_with("content-") || lower == "transfer-encoding" || lower == "idempotency-key";
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

constexpr std::string_view exampleEndpoint = "https://telemetry.example.com";
constexpr std::size_t maxNameBytes = 255;    // the width of service_name in client_telemetry_spans
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
    check.inRange("retry.maxBackoff", config.retry.maxBackoff, 1ms, 24h);
    check.isNoMoreThan("retry.initialBackoff", config.retry.initialBackoff, "retry.maxBackoff",
                       config.retry.maxBackoff);
    check.inRange("outbox.maxAge", config.outbox.maxAge, 1s, std::chrono::hours{24 * 366});
    check.inRange("shutdownTimeout", config.shutdownTimeout, 0ms, 1min);
}

}

std::optional<Error> check(const Config& config) {
    Checker checker;
    constexpr std::string_view proxy = "http://proxy.example.com:3128";
    checker.isUrl("endpoint", config.endpoint, exampleEndpoint);
    checker.isUrl("http.proxy", config.http.proxy, proxy, Checker::Credentials::allowed);
    checker.hasPort("http.proxy", config.http.proxy, proxy);
    checker.isHeaderValue("token", config.token);
    checker.isHeaderValue("service.name", config.service.name);
    checker.inRange<std::size_t>("service.name", config.service.name.size(), 0, maxNameBytes, " bytes");
    checker.isHeaderValue("service.version", config.service.version);
    checker.inRange<std::size_t>("service.version", config.service.version.size(), 0, maxVersionBytes,
                                 " bytes");
    for (const auto& [name, value] : config.http.headers) checker.isHeader(name, value);
    checker.isPath("http.caFile", config.http.caFile);
    checker.isPath("outbox.directory", config.outbox.directory);
    checker.isPath("file.path", config.file.path);
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
        const detail::HomePaths homes(detail::platform::homeDirectories());
        Error told = error;
        told.message.resize(homes.shorten(told.message.data(), told.message.size()));
        config_->onError(told);
    } catch (...) {  // NOLINT(bugprone-empty-catch)
    }
}

void ValidConfig::joinConsent(const Config& later) const {
    Consent(config_->consent).join(later.consent);
}

void ValidConfig::reportDifferences(const Config& later) const {
    const auto fields = detail::differingFields(*config_, later);
    if (fields.empty()) return;
    const Error error{
        ErrorCode::invalidConfig,
        detail::join({"Recorder::shared() already has a recorder, made from an earlier Config; these fields "
                      "of the later one differ and are not used: ",
                      fields})};
    if (!later.onError) return report(error);
    try {
        later.onError(error);
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
