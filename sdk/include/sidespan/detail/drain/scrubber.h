#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <sidespan/config.h>
#include <sidespan/detail/drain/home_paths.h>
#include <sidespan/resource.h>
#include <sidespan/scrub.h>

namespace sidespan::inline v0::detail {

/// What a masked value becomes.
inline constexpr std::string_view maskText = "***";

/// Takes out of finished records what should not leave the machine, before any sink sees them and in place:
/// values whose key looks secret become "***", the user's home directory becomes "~" wherever text has it,
/// and the rest is for the user's hook to judge. Drain thread; allocates nothing itself.
class Scrubber {
public:
    Scrubber(const ScrubHook& hook, HomePaths homes);

    void scrub(std::span<std::byte> records);
    /// A resource as it may leave the machine: its attributes are scrubbed too, and it gets a random UUID as
    /// instance id if the program gave none. Allocates.
    [[nodiscard]] Resource complete(Resource resource);

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
    void scrub(Attributes& attributes);
    [[nodiscard]] AttributeValue shortened(const AttributeValue& value) const;
    void scrubItem(std::byte* at);
    void scrubAttribute(std::byte* at);
    void shortenTexts(std::byte* from, std::size_t count) const noexcept;
    void scrubText(std::byte* at, std::string_view key);

    const ScrubHook hook_;
    const HomePaths homes_;
    std::array<Judgement, judgements> known_{};
};

/// Makes the scrubber of a configuration, with this machine's home directories. Sets `resource` to the
/// complete, scrubbed resource of the configuration. Reads files and draws an id. Allocates.
[[nodiscard]] std::unique_ptr<Scrubber> makeScrubber(const ValidConfig& config, Resource& resource);

}
