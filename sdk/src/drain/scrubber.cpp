#include <cstring>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/scrubber.h>
#include <sidespan/detail/header_text.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/span_view.h>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::string_view statusMessageKey = "status.message";
constexpr std::string_view spanNameKey = "span.name";

// One text, since each entry of a table is a relocation in every plugin.
constexpr std::string_view secretWords =
    "password,passwd,passphrase,secret,token,apikey,accesskey,privatekey,authorization,credential,cookie,"
    "bearer";

void retype(std::byte* at, ItemType type, std::size_t length) noexcept {
    const ItemWord word = wordAt(at);
    storeAt(at, ItemWord::make(type, word.depth(), word.size(), length, word.keyLength(), word.flags()));
}

// The item keeps its size. Unless it is empty, it has room for any text of up to eight bytes.
void mask(std::byte* at, ItemType type, std::size_t head) noexcept {
    if (wordAt(at).size() == head) return;
    std::memcpy(at + head, maskText.data(), maskText.size());
    retype(at, type, maskText.size());
}

}

void Scrubber::scrub(std::span<std::byte> records) {
    std::byte* const end = records.data() + records.size();
    for (std::byte* at = records.data(); at != end;) {
        std::byte* const next = at + wordAt(at).size();
        for (at += sizeof(SpanItem); at != next; at += wordAt(at).size()) scrubItem(at);
    }
}

void Scrubber::scrubItem(std::byte* at) {
    const ItemWord word = wordAt(at);
    if (isAttribute(word)) {
        scrubAttribute(at);
    } else if (word.type() == ItemType::statusMessage) {
        scrubText(at, statusMessageKey);
    } else if (word.type() == ItemType::name) {
        scrubText(at, spanNameKey);
    }
}

void Scrubber::scrubAttribute(std::byte* at) {
    constexpr std::size_t head = 16;
    const std::string_view key = decodeAttribute(at).key;
    if (isSecret(key)) return mask(at, ItemType::text, head);
    const ItemWord word = wordAt(at);
    if (word.type() == ItemType::text) {
        retype(at, ItemType::text, homes_.shorten(reinterpret_cast<char*>(at + head), word.length()));
    } else if (word.type() == ItemType::array && decodeArray(at).type() == AttributeArrayView::Type::text) {
        shortenTexts(at + head, word.length());
    }
    if (!hook_) return;
    const Scrub decision = judge(key, decodeAttribute(at).value);
    if (decision == Scrub::mask) mask(at, ItemType::text, head);
    if (decision == Scrub::remove) retype(at, ItemType::skip, 0);
}

// Moves the texts together as they get shorter.
void Scrubber::shortenTexts(std::byte* from, std::size_t count) const noexcept {
    std::byte* to = from;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t size = loadAt<std::uint16_t>(from);
        std::memmove(to + textSizeBytes, from + textSizeBytes, size);
        from += textSizeBytes + size;
        const std::size_t kept = homes_.shorten(reinterpret_cast<char*>(to + textSizeBytes), size);
        storeAt(to, static_cast<std::uint16_t>(kept));
        to += textSizeBytes + kept;
    }
}

// A name must not be empty, so it is masked instead of removed.
void Scrubber::scrubText(std::byte* at, std::string_view key) {
    constexpr std::size_t head = 8;
    const ItemType type = wordAt(at).type();
    auto* const text = reinterpret_cast<char*>(at + head);
    const std::size_t size = homes_.shorten(text, wordAt(at).length());
    retype(at, type, size);
    if (!hook_ || size == 0) return;
    const Scrub decision = judge(key, std::string_view(text, size));
    if (decision == Scrub::mask || (decision == Scrub::remove && type == ItemType::name)) {
        mask(at, type, head);
    } else if (decision == Scrub::remove) {
        retype(at, type, 0);
    }
}

// If the hook throws, it has not allowed the value, so the value is removed.
Scrub Scrubber::judge(std::string_view key, const AttributeValueView& value) const noexcept try {
    return hook_(key, value);
} catch (...) {
    return Scrub::remove;
}

bool Scrubber::isSecret(std::string_view key) noexcept {
    if (key.empty() || key.size() > Judgement{}.key.size()) return looksSecret(key);
    const auto mark = static_cast<unsigned char>(key.front()) * 7U + static_cast<unsigned char>(key.back()) +
                      key.size() * 3U;
    auto& known = known_[mark % judgements];
    if (std::string_view(known.key.data(), known.size) != key) {
        std::memcpy(known.key.data(), key.data(), key.size());
        known.size = static_cast<std::uint8_t>(key.size());
        known.isSecret = looksSecret(key);
    }
    return known.isSecret;
}

SIDESPAN_COLD bool Scrubber::looksSecret(std::string_view key) noexcept {
    std::array<char, 255> letters{};
    std::size_t size = 0;
    for (const char c : key.substr(0, letters.size())) {
        if (c >= 'A' && c <= 'Z') letters[size++] = static_cast<char>(c - 'A' + 'a');
        if (c >= 'a' && c <= 'z') letters[size++] = c;
    }
    const std::string_view text(letters.data(), size);
    for (std::string_view words = secretWords; !words.empty();) {
        if (text.find(takeMember(words)) != text.npos) return true;
    }
    return false;
}

}
