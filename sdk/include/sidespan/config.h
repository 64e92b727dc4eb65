#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <sidespan/consent.h>
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
    /// Further attributes of the program and its host, the same for all spans: at most 128, keys of 1 to 255
    /// bytes, 16 KiB in all. OTLP carries them as resource attributes, native JSON in the wrapped form
    /// (`batch.wrapped`). `os.type`, `os.version` and `host.arch` replace the SDK's values;
    /// the names that Service sets, `telemetry.sdk.*` and `sidespan.client.type` are refused. All are masked
    /// and passed to `scrub`, like attributes of spans.
    Attributes resource{};

    /// Records nothing, whatever the consent says (`OTEL_SDK_DISABLED`).
    bool disabled = false;

    /// Bearer token sent with every request; `tokenProvider` is asked when there is none and when the server
    /// refuses it. While a token is refused the http sink waits for `setToken()`; where there is a provider
    /// it tries again after `retry.maxBackoff` and with a flush.
    std::string token{};
    std::function<std::string()> tokenProvider{};

    /// Told of failures in the background, on the SDK's own threads; of a recorder that cannot start, on the
    /// thread that made, asked or allowed it to. From there it must neither set the consent nor destroy the
    /// recorder, nor hold a pointer to it that might be the last, as one of `Recorder::shared()`.
    ErrorHandler onError{};

    /// Masks or removes other private values. Before it is called, and before any sink, values whose key
    /// looks like a password, a token or another secret are masked, and the user's home directory becomes
    /// "~". It cannot bring back what was masked.
    ScrubHook scrub{};

    /// Which traces are recorded: by default all except those that a remote parent did not sample.
    Sampler sampler{};

    /// Which headers the recorder's inject() writes and its extract() reads.
    Propagators propagators = Propagators::all;

    // Groups, each in a header of its own. A sink reads those that are for it.
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

    /// A configuration from the `OTEL_*` environment variables, which docs/environment.md lists. Variables
    /// that are not set have the specification's defaults, other fields those above. A wrong value is
    /// reported to `onError` with its variable's name and ignored; `onError` stays in the Config. No variable
    /// sets the consent. [any thread, while none changes the environment] Allocates.
    [[nodiscard]] static Config fromEnvironment(ErrorHandler onError = {});
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
[[nodiscard]] Outcome<ValidConfig> validate(Config config);

}
