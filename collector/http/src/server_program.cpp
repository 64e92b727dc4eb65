#include <sidespan_http_server/server_program.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

namespace sidespan::http_server {

ListenAddress parseListen(std::string_view text) {
    ListenAddress listen;
    auto colon = text.rfind(':');
    if (colon == text.npos && text.find('.') != text.npos)
        throw UsageError(fmt::format("--listen is \"{}\"; write ADDRESS:PORT, such as {}:8080", text, text));
    auto port = text.substr(colon == text.npos ? 0 : colon + 1);
    auto address = text.substr(0, colon == text.npos ? 0 : colon);
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    } else if (address.find(':') != address.npos) {
        throw UsageError(fmt::format("--listen is \"{}\"; an IPv6 address is written [::1]:8080", text));
    }
    if (!address.empty()) listen.address = address;
    listen.port =
        parseNumber<std::uint16_t>("--listen's port", port, 0, std::numeric_limits<std::uint16_t>::max());
    return listen;
}

bool readLine(std::istream& stream, std::string& line) {
    if (!std::getline(stream, line)) return false;
    if (line.ends_with('\r')) line.pop_back();
    return true;
}

std::string readToken(const Arguments& arguments, const char* variable) {
    if (auto file = arguments.value("--token-file")) {
        std::ifstream stream(*file);
        std::string token;
        if (!readLine(stream, token) || token.empty()) {
            throw UsageError(fmt::format("--token-file {}: its first line must be a token", *file));
        }
        return token;
    }
    if (auto token = arguments.value("--token")) return *token;
    const char* fromEnvironment = std::getenv(variable);
    return fromEnvironment == nullptr ? "" : fromEnvironment;
}

std::optional<TokenSigner> readTokenKey(const Arguments& arguments) {
    const auto file = arguments.value("--token-key-file");
    if (!file) return std::nullopt;
    std::ifstream stream(*file);
    std::string key;
    if (!readLine(stream, key) || key.size() < TokenSigner::leastKeyBytes) {
        throw UsageError(fmt::format("--token-key-file {}: its first line must be a key of at least {} bytes",
                                     *file, TokenSigner::leastKeyBytes));
    }
    return TokenSigner(std::move(key));
}

void writePortFile(const Arguments& arguments, std::uint16_t port) {
    const auto file = arguments.value("--port-file");
    if (!file) return;
    const auto temporary = *file + ".part";
    std::ofstream stream(temporary);
    stream << std::to_string(port) << '\n';
    stream.close();
    if (!stream || std::rename(temporary.c_str(), file->c_str()) != 0) {
        throw std::runtime_error(fmt::format("--port-file {}: it cannot be written", *file));
    }
}

class EndingSignals::Impl {
public:
    Impl() {
        signals_.async_wait([](auto, int) {});
    }
    void wait() { io_.run(); }

private:
    boost::asio::io_context io_;
    boost::asio::signal_set signals_{io_, SIGINT, SIGTERM};
};

EndingSignals::EndingSignals() : impl_(std::make_unique<Impl>()) {}
EndingSignals::~EndingSignals() = default;
void EndingSignals::wait() {
    impl_->wait();
}

}
