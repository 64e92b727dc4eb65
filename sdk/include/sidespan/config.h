#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <sidespan/consent.h>
#include <sidespan/error.h>
#include <sidespan/outcome.h>
#include <sidespan/resource.h>
#include <sidespan/scrub.h>

namespace sidespan::inline v0 {

/// Everything that can be set on a recorder, whatever its sink: a sink takes what it needs, so another sink
/// never breaks the source. Sizes are bytes; paths are UTF-8, and "~" is not replaced. Checked once, by
/// `validate()`.
struct Config {
    Service service{};
    /// Where spans go: "http://host:port" or "https://…"; the telemetry path is added. Needed by the http
    /// sink and NetworkClient alone.
    std::string endpoint{};
    Consent consent{};
    ClientType clientType = ClientType::plugin;

    /// Bearer token sent with every request; `tokenProvider` is asked when there is none and when the server
    /// refuses it. While a token is refused the http sink waits for `setToken()`; where there is a provider
    /// it tries again after `retry.maxBackoff` and with a flush.
    std::string token{};
    std::function<std::string()> tokenProvider{};

    /// Told of failures in the background, on the SDK's own threads; of a recorder that cannot start, on the
    /// thread that made, asked or allowed it to. From there it must neither set the consent nor destroy the
    /// recorder, nor hold a pointer to it that might be the last, as one of `Recorder::shared()`.
    ErrorHandler onError{};

    /// Judges what no rule of ours knows to be private. Before it, and before any sink, values are masked
    /// whose key looks like a password, a token or another secret, and the user's home directory is shortened
    /// to "~". It cannot bring back what was masked.
    ScrubHook scrub{};

    struct Queue {
        /// Of the hand-off between recording threads and the drain thread, in all; 64 KiB to 1 GiB. Taken
        /// twice, since one half is filled while the other is drained, and only when the first span is
        /// recorded. It is split into eight, and a thread fills one of them between two looks: 512 KiB, some
        /// 4,000 spans with two attributes, by default.
        std::size_t capacityBytes = std::size_t{4} << 20U;
        /// How often the drain thread looks while spans are coming; 1 ms to 10 s. It looks 10 times less
        /// often when none came for 2 s.
        std::chrono::milliseconds drainInterval{20};
    } queue{};

    struct Batch {
        std::size_t maxSpans = 512;                    ///< 1 to 65,536
        std::size_t maxBytes = std::size_t{1} << 20U;  ///< of encoded spans; 8 KiB to 64 MiB
        std::chrono::milliseconds maxAge{1000};  ///< how long a span may wait for its batch to fill; 0 to 1 h
        bool gzip = false;                       ///< compress request bodies
    } batch{};

    struct Http {
        /// Default headers. A request's own headers and the token override them. Content-*, Transfer-Encoding
        /// and Idempotency-Key are refused: the SDK sets them for each request.
        std::map<std::string, std::string> headers{};
        std::chrono::milliseconds connectTimeout{5000};  ///< 1 ms to 10 min
        /// Of a whole request; 1 ms to 1 h. A third of it, and 10 s at least, without a byte in either
        /// direction end it too.
        std::chrono::milliseconds requestTimeout{30000};
        std::string caFile{};  ///< PEM file of trusted certificates; the system's when empty
        /// "http://host:port", with the port; none when empty. A user and password stand before the host,
        /// "http://user:password@host:port", with '@', ':' and '/' in them percent-encoded, and never come
        /// into a log or an error.
        std::string proxy{};
        /// Of request bodies, each time they are sent; 0 is no limit. Days are UTC's, and the first request
        /// of each passes whatever its size. Counted in the outbox directory where there is one, for all who
        /// share it and over restarts.
        std::uint64_t maxBytesPerDay = 0;
    } http{};

    struct Retry {
        std::uint32_t maxAttempts = 0;  ///< of one batch; 0 is as long as the outbox keeps it
        std::chrono::milliseconds initialBackoff{1000};                 ///< 1 ms to 1 h, or maxBackoff
        std::chrono::milliseconds maxBackoff{std::chrono::minutes{5}};  ///< 1 ms to 24 h
    } retry{};

    struct Outbox {
        std::string directory{};  ///< keeps batches on disk until delivered; in memory when empty
        /// Of encoded spans, oldest first out beyond it; 64 KiB to 1 TiB. Each batch on disk takes whole
        /// blocks. After a burst up to 16 MiB of memory stay with the sink for the next one.
        std::size_t maxBytes = std::size_t{32} << 20U;
        std::chrono::seconds maxAge{std::chrono::hours{24 * 7}};  ///< 1 s to 366 days
    } outbox{};

    struct File {
        std::string path{};  ///< of the JSON lines file; needed by the file sink alone
        /// A full file is renamed to path.1, path.1 to path.2 …; 4 KiB to 1 TiB.
        std::size_t maxBytes = std::size_t{16} << 20U;
        std::uint32_t maxFiles = 4;  ///< kept in all, the current one included; 1 to 1000
    } file{};

    /// How long the destructor may take to deliver what is left; 0 to 1 min.
    std::chrono::milliseconds shutdownTimeout{1000};
};

class ValidConfig;

namespace detail {
/// `config`, in which check() found nothing wrong. Takes what it holds.
[[nodiscard]] ValidConfig asChecked(Config& config);
/// What a recorder keeps of a configuration that it cannot use: consent and onError.
[[nodiscard]] ValidConfig withoutSettings(Config& config);
/// The names of the fields in which two configurations differ, such as "queue.capacityBytes, endpoint"; empty
/// when they do not. Consents are not compared, and of two functions only whether there is one.
[[nodiscard]] std::string differingFields(const Config& a, const Config& b);
}

/// A Config that has been checked: the rest of the SDK cannot hold a bad value. Copies are the same Config.
class ValidConfig {
public:
    [[nodiscard]] const Config& operator*() const noexcept { return *config_; }
    [[nodiscard]] const Config* operator->() const noexcept { return config_.get(); }
    [[nodiscard]] Resource resource() const { return {config_->service, config_->clientType}; }
    /// Takes what counts of a later Config for the same recorder: its consent is joined to this one's.
    void joinConsent(const Config& later) const;
    /// Reports the fields of a later Config for the same recorder that differ from this one's, to the later
    /// onError where there is one, else to this one's.
    void reportDifferences(const Config& later) const;
    /// Calls onError, if there is one; any thread but a recording one. What it throws is dropped, since it
    /// would end the host.
    void report(const Error& error) const noexcept;

private:
    friend ValidConfig detail::asChecked(Config& config);
    friend ValidConfig detail::withoutSettings(Config& config);
    explicit ValidConfig(std::shared_ptr<const Config> config) : config_(std::move(config)) {}
    std::shared_ptr<const Config> config_;
};

/// Checks every field that is set. The error names the field, what it holds and what would be right.
/// What only one sink needs (an endpoint, a path) is asked for by that sink's own `check()`.
// In parentheses, since other libraries have a macro of this name.
[[nodiscard]] std::optional<Error>(check)(const Config& config);
/// The configuration, when nothing is wrong with it.
[[nodiscard]] Outcome<ValidConfig> validate(Config config);

}
