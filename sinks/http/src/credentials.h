#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include <sidespan/config.h>

namespace sidespan::inline v0::detail {

/// The bearer token, and where to get another. `set()` and `generation()` come from any thread, the rest from
/// the courier's.
class Credentials {
public:
    explicit Credentials(const ValidConfig& config) : config_(config), token_(config->token) {}

    /// The token to send; asks the provider when there is none yet. Empty when there is none to be had.
    [[nodiscard]] std::string token() noexcept;

    /// The server refused `refused`: whether there is another one to try. The provider is asked once until a
    /// token has been accepted or set.
    [[nodiscard]] bool renew(const std::string& refused) noexcept;
    void accepted() { wasAsked_ = false; }

    /// A token that cannot be sent is reported, without its text, and changes nothing.
    void set(std::string token);
    [[nodiscard]] std::uint64_t generation() const noexcept {
        return generation_.load(std::memory_order_acquire);
    }

    /// The text without `token`, should it be in there.
    [[nodiscard]] static std::string redact(std::string text, std::string_view token) noexcept;

private:
    [[nodiscard]] std::string ask() noexcept;
    [[nodiscard]] std::string current() const noexcept;
    [[nodiscard]] bool isUsable(std::string_view token) const noexcept;

    const ValidConfig& config_;
    mutable std::mutex mutex_;
    std::string token_;
    bool wasAsked_ = false;
    std::atomic<std::uint64_t> generation_{0};
};

}
