#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <sidespan/consent.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/error.h>
#include <sidespan/outcome.h>
#include <sidespan/propagation/propagators.h>
#include <sidespan/resource.h>
#include <sidespan/sampler.h>
#include <sidespan/scrub.h>
#include <sidespan/settings/batch_settings.h>
#include <sidespan/settings/file_settings.h>
#include <sidespan/settings/http_settings.h>
#include <sidespan/settings/outbox_settings.h>
#include <sidespan/settings/queue_settings.h>
#include <sidespan/settings/retry_settings.h>

namespace sidespan::inline v0 {

/// All settings of a recorder, for every sink: a sink uses those that it needs, so choosing another sink
/// never breaks the source. Sizes are bytes; paths are UTF-8, and "~" is not replaced. Checked once, by
/// `check()`.
struct Config {
    Service service{};
    /// Where spans go: "http://host:port" or "https://..."; the telemetry path is added. Needed by the http
    /// sink and NetworkClient alone.
    std::string endpoint{};
    Consent consent{};
    ClientType clientType = ClientType::plugin;
    /// Further attributes of the program and its host, the same for all spans: at most 128, keys of 1 to 255
    /// bytes, 16 KiB in all. OTLP carries them as resource attributes, native JSON in the wrapped form
    /// (`batch.wrapped`). `os.type`, `os.version` and `host.arch` replace the SDK's values. Refused are the
    /// names that Service sets, `telemetry.sdk.*` and `sidespan.client.type`. Values are masked and passed to
    /// `scrub`, like attributes of spans.
    Attributes resource{};

    /// Records nothing, whatever the consent says (`OTEL_SDK_DISABLED`).
    bool disabled = false;

    /// Bearer token sent with every request. If there is none, or the server refuses it, `tokenProvider` is
    /// asked. While a token is refused, the http sink waits for `setToken()`; if there is a provider, it also
    /// tries again after `retry.maxBackoff` and on a flush.
    std::string token{};
    std::function<std::string()> tokenProvider{};

    /// Called with background failures, on the SDK's own threads. If a recorder cannot start, it is called on
    /// the thread that made the recorder, used it or granted consent. Within it, do not set the consent,
    /// destroy the recorder, or hold what may be the last pointer to it, such as one of `Recorder::shared()`.
    ErrorHandler onError{};

    /// Masks or removes other private values. Before it is called, values whose key looks like a password, a
    /// token or another secret are masked, and the user's home directory becomes "~". The hook cannot restore
    /// masked values.
    ScrubHook scrub{};

    /// Which traces are recorded: by default all except those that a remote parent did not sample.
    Sampler sampler{};

    /// Which headers the recorder's inject() writes and its extract() reads.
    Propagators propagators = Propagators::all;

    // Groups, each in its own header. A sink reads those that it needs.
    using Queue = QueueSettings;
    using Batch = BatchSettings;
    using Http = HttpSettings;
    using Retry = RetrySettings;
    using Outbox = OutboxSettings;
    using File = FileSettings;
    Queue queue{};
    Batch batch{};
    Http http{};
    Retry retry{};
    Outbox outbox{};
    File file{};

    /// How long the destructor may take to deliver what is left; 0 to 1 min.
    std::chrono::milliseconds shutdownTimeout{1000};

    /// A configuration from the `OTEL_*` environment variables, which docs/environment.md lists. If a
    /// variable is not set, its field has the specification's default; all other fields have the defaults
    /// above. A wrong value is reported to `onError` with its variable's name and ignored; `onError` stays in
    /// the Config. No variable sets the consent. [any thread, while none changes the environment] Allocates.
    [[nodiscard]] static Config fromEnvironment(ErrorHandler onError = {});
};

class ValidConfig;

namespace detail {
/// `config`, in which check() found nothing wrong. Takes what it holds.
[[nodiscard]] SIDESPAN_CONTAINER_ABI ValidConfig asChecked(Config& config);
/// The part of an unusable configuration that a recorder keeps: consent and onError.
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
    [[nodiscard]] Resource resource() const {
        return {config_->service, config_->clientType, config_->resource};
    }
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
[[nodiscard]] SIDESPAN_CONTAINER_ABI Outcome<ValidConfig> validate(Config config);

}
