#pragma once

#include <concepts>
#include <cstddef>
#include <ranges>
#include <string>
#include <string_view>

#include <sidespan/propagation/header_names.h>
#include <sidespan/propagation/propagators.h>
#include <sidespan/propagation/remote_context.h>

namespace sidespan::inline v0 {

/// Reads a request's headers one by one, in their order. Ignores headers that carry no trace or belong to
/// none of the propagators.
///
/// `traceparent` is used if it is valid and given once; otherwise `X-Trace-ID` and `X-Span-ID` are used.
/// `tracestate` is used only with a valid `traceparent`. Malformed headers are ignored; nothing here fails.
/// If a request repeats headers, up to 32 KiB of `tracestate` and 32 KiB of `baggage` are read.
class HeaderReader {
public:
    static constexpr std::size_t maxListBytes = 32'768;

    explicit HeaderReader(Propagators propagators = Propagators::all) noexcept : propagators_(propagators) {}

    /// Throws std::bad_alloc only.
    void add(std::string_view name, std::string_view value);
    [[nodiscard]] RemoteContext finish() const;

private:
    /// A header that may come once.
    struct Single {
        std::string value;
        bool isThere = false;
        bool isTwice = false;
        void add(std::string_view text);
        [[nodiscard]] std::string_view view() const noexcept { return isTwice ? std::string_view() : value; }
    };
    /// One that may come several times.
    struct List {
        std::string value;
        bool isTooLong = false;
        void add(std::string_view text);
    };

    Propagators propagators_;
    Single traceParent_;
    Single traceId_;
    Single spanId_;
    Single parentSpanId_;
    Single clientType_;
    Single clientVersion_;
    Single clientTimestamp_;
    List traceState_;
    List baggage_;
};

/// Gives a header by name, whatever the case, as something that is null or false when it is not there and
/// points to its value: std::optional<std::string_view>, std::optional<std::string>, const std::string*.
template <class C>
concept HeaderLookup = requires(const C& carrier, std::string_view name) {
    static_cast<bool>(carrier(name));
    { *carrier(name) } -> std::convertible_to<std::string_view>;
};

/// Names and values, as in std::map<std::string, std::string>, a multimap or a vector of pairs.
template <class C>
concept HeaderRange = std::ranges::input_range<const C> &&
    requires(std::ranges::range_reference_t<const C> header) {
    { header.first } -> std::convertible_to<std::string_view>;
    { header.second } -> std::convertible_to<std::string_view>;
};

/// Reads what the other side injected. [any thread] Throws std::bad_alloc and what the carrier throws.
template <HeaderRange Carrier>
[[nodiscard]] RemoteContext extract(const Carrier& carrier, Propagators propagators = Propagators::all) {
    HeaderReader reader(propagators);
    for (const auto& header : carrier) reader.add(header.first, header.second);
    return reader.finish();
}

template <HeaderLookup Carrier>
requires(!HeaderRange<Carrier>) [[nodiscard]] RemoteContext
    extract(const Carrier& carrier, Propagators propagators = Propagators::all) {
    HeaderReader reader(propagators);
    for (std::string_view name : headers::all) {
        if (const auto value = carrier(name)) reader.add(name, *value);
    }
    return reader.finish();
}

}
