#pragma once

#include <charconv>
#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <sidespan_http_server/arguments.h>
#include <sidespan_http_server/http_server.h>
#include <sidespan_http_server/token_signer.h>

/// What the programs of servers have in common.
namespace sidespan::http_server {

/// The number that an option's text is. Throws UsageError for anything else, and beyond the bounds.
template <class Number>
[[nodiscard]] Number parseNumber(std::string_view what, std::string_view text, Number least, Number most) {
    Number number{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
        throw UsageError(
            fmt::format("{} is \"{}\"; it must be a number from {} to {}", what, text, least, most));
    }
    return number;
}

/// Where to listen.
struct ListenAddress {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
};
/// `127.0.0.1:8080`, `[::1]:0`, `:8080` or `8080`. Throws UsageError.
[[nodiscard]] ListenAddress parseListen(std::string_view text);

/// A line without its end, as editors of Windows write it too. False when there is none.
[[nodiscard]] bool readLine(std::istream& stream, std::string& line);

/// The token to ask for: of `--token-file`, `--token` or the environment's `variable`, whichever is there
/// first; empty when none is. Throws UsageError.
[[nodiscard]] std::string readToken(const Arguments& arguments, const char* variable);

/// The key of `--token-key-file`: the file's first line. Empty without that option. Throws UsageError.
[[nodiscard]] std::optional<TokenSigner> readTokenKey(const Arguments& arguments);

/// Writes the port to the file of `--port-file`, whole or not at all, if the option is there. Throws
/// std::runtime_error.
void writePortFile(const Arguments& arguments, std::uint16_t port);

/// SIGINT and SIGTERM. Made before a thread is started, so that none is missed.
class EndingSignals {
public:
    EndingSignals();
    ~EndingSignals();
    EndingSignals(const EndingSignals&) = delete;
    EndingSignals& operator=(const EndingSignals&) = delete;
    /// Blocks until the first of them.
    void wait();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}
