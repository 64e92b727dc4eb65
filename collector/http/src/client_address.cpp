#include <sidespan_http_server/client_address.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>

namespace sidespan::http_server {

namespace {

namespace ip = boost::asio::ip;

constexpr unsigned mappedBits = 96;

std::optional<ip::address> parseAddress(std::string_view text) {
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(text), error);
    if (error) return std::nullopt;
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

std::array<unsigned char, 16> bytesOf(const ip::address& address) {
    if (address.is_v6()) return address.to_v6().to_bytes();
    return ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
}

bool sharesBits(const std::array<unsigned char, 16>& a, const std::array<unsigned char, 16>& b,
                unsigned bits) {
    for (std::size_t i = 0; i < a.size() && bits > 0; ++i) {
        const auto here = std::min(bits, 8U);
        if (((a[i] ^ b[i]) >> (8U - here)) != 0) return false;
        bits -= here;
    }
    return true;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// A colon and digits.
bool isPort(std::string_view text) {
    constexpr std::size_t mostDigits = 5;
    return text.size() > 1 && text.size() <= 1 + mostDigits && text.front() == ':' &&
           text.find_first_not_of("0123456789", 1) == text.npos;
}

/// Some proxies write `203.0.113.7:4711`, `[2001:db8::1]:4711` or `[2001:db8::1]`; the address of these.
std::string_view forwardedAddress(std::string_view text) {
    const bool isBracketed = text.starts_with('[');
    const auto end = isBracketed ? text.find(']') : text.find(':');
    if (end == text.npos) return text;
    const auto port = text.substr(isBracketed ? end + 1 : end);
    if (isBracketed) return port.empty() || isPort(port) ? text.substr(1, end - 1) : text;
    return isPort(port) ? text.substr(0, end) : text;
}

}

TrustedProxies::TrustedProxies(const std::vector<std::string>& networks) {
    for (const auto& text : networks) networks_.push_back(parseNetwork(text));
}

TrustedProxies::Network TrustedProxies::parseNetwork(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = parseAddress(text.substr(0, slash));
    const unsigned most = address && address->is_v4() ? 32 : 128;
    unsigned bits = most;
    bool isNumber = true;
    if (slash != text.npos) {
        const auto digits = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
        isNumber = error == std::errc() && end == digits.data() + digits.size() && bits <= most;
    }
    if (!address || !isNumber) {
        throw std::invalid_argument(
            fmt::format("\"{}\" is neither an address nor a network such as 10.0.0.0/8", text));
    }
    return {bytesOf(*address), address->is_v4() ? bits + mappedBits : bits};
}

bool TrustedProxies::contains(std::string_view text) const {
    const auto address = parseAddress(text);
    return address && std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
               return sharesBits(bytesOf(*address), network.first, network.bits);
           });
}

std::string TrustedProxies::clientOf(std::string_view peer, std::string_view forwardedFor) const {
    std::string client(peer);
    while (!forwardedFor.empty() && contains(client)) {
        const auto comma = forwardedFor.rfind(',');
        const auto before =
            trimmed(comma == forwardedFor.npos ? forwardedFor : forwardedFor.substr(comma + 1));
        const auto address = parseAddress(forwardedAddress(before));
        if (!address) break;
        client = address->to_string();
        forwardedFor = forwardedFor.substr(0, comma == forwardedFor.npos ? 0 : comma);
    }
    return client;
}

std::string siteOf(std::string_view text) {
    const auto address = parseAddress(text);
    if (!address || address->is_loopback()) return {};
    if (address->is_v4()) return address->to_string();
    auto bytes = address->to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return ip::address_v6(bytes).to_string() + "/64";
}

}
