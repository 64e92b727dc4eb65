#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan/config.h>
#include <sidespan/network/delivery_clock.h>

namespace sidespan::inline v0::detail {

/// The bearer token, and where to get another. `set()` and `generation()` come from any thread, the rest from
/// the worker's.
class Credentials {
public:
    Credentials(const ValidConfig& config, DeliveryClock& clock)
        : config_(config), clock_(clock), token_(config->token) {}

    /// The token to send. Asks the provider if there is none yet. Empty if the provider has none either.
    [[nodiscard]] std::string token();

    /// The server refused the token `refused`. Returns whether there is another one to try. A provider that
    /// gave one is asked again when a token has been accepted or set, or after `retry.maxBackoff`.
    [[nodiscard]] bool renew(const std::string& refused);
    void accepted() noexcept { forgetAsking(); }

    /// A token that cannot be sent is reported, without its text, and changes nothing.
    void set(std::string token);
    [[nodiscard]] std::uint64_t generation() const noexcept {
        return generation_.load(std::memory_order_acquire);
    }

    /// The text with "[token]" wherever it contains `token`.
    [[nodiscard]] static std::string redact(std::string text, std::string_view token);

private:
    [[nodiscard]] bool mayAsk() const noexcept;
    [[nodiscard]] std::string ask();
    void forgetAsking() noexcept;
    [[nodiscard]] std::string current() const;
    [[nodiscard]] bool isUsable(std::string_view token) const;

    const ValidConfig& config_;
    DeliveryClock& clock_;
    mutable std::mutex mutex_;
    std::string token_;
    std::optional<DeliveryClock::Time> gaveAt_;  // when the provider gave a token that was not accepted yet
    std::atomic<std::uint64_t> generation_{0};
};

}
