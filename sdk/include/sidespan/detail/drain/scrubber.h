#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <sidespan/scrub.h>

namespace sidespan::inline v0::detail {

/// Takes out of finished records what should not leave the machine, before any sink sees them and in place:
/// values whose key looks secret become "***", the user's home directory becomes "~" wherever text has it,
/// and the rest is for the user's hook to judge. Drain thread; allocates nothing itself.
class Scrubber {
public:
    /// `home` without a slash at its end; empty when it is not known.
    Scrubber(const ScrubHook& hook, std::string_view home);

    void scrub(std::span<std::byte> records);

    /// Whether a key names a password, token or the like, whatever its case and however its words are set
    /// apart.
    [[nodiscard]] static bool looksSecret(std::string_view key) noexcept;

private:
    // Keys are few and come again with every span, so judgements are kept.
    struct Judgement {
        std::array<char, 46> key{};
        std::uint8_t size = 0;
        bool isSecret = false;
    };
    static constexpr std::size_t judgements = 64;

    [[nodiscard]] bool isSecret(std::string_view key) noexcept;
    [[nodiscard]] Scrub judge(std::string_view key, const AttributeValueView& value) const noexcept;
    void scrubItem(std::byte* at);
    void scrubAttribute(std::byte* at);
    void scrubStatusMessage(std::byte* at);
    [[nodiscard]] std::size_t shortenHome(char* text, std::size_t size) const noexcept;

    const ScrubHook hook_;
    const std::string home_;
    const bool namesUser_;
    std::array<Judgement, judgements> known_{};
};

}
