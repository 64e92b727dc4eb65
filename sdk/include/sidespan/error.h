#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// What went wrong, as a stable code to branch on.
enum class ErrorCode : std::uint8_t {
    invalidConfig,  ///< a Config field holds a value that cannot be used
    noConsent,      ///< the user has not granted consent; nothing was made or sent
    network,        ///< no answer: name, connection, TLS, disconnect
    timeout,        ///< no answer in time
    unauthorized,   ///< 401 or 403, also after asking for a new token
    rejected,       ///< the server will never take this, or took it with a warning
    tooLarge,       ///< 413, or beyond a limit of ours
    disabled,       ///< 410: the server has switched telemetry off
    unavailable,    ///< the server cannot answer now, or something else answered in its place
    cancelled,      ///< shut down, or consent withdrawn, while under way
    io,             ///< a file or directory
    resource,       ///< the machine refused: memory, threads
    badAnswer,      ///< the answer breaks the rules of HTTP: perhaps another kind of server
};

[[nodiscard]] std::string_view toString(ErrorCode code) noexcept;

/// A failure as a value: what was wrong, where, and what would be right. Never holds a token or credentials.
struct Error {
    ErrorCode code = ErrorCode::network;
    std::string message;

    /// `"Upload failed: " + outcome.error()`, as JUCE code writes it.
    friend std::string operator+(std::string_view prefix, const Error& error) {
        return std::string(prefix) + error.message;
    }
    friend bool operator==(const Error&, const Error&) = default;
};

/// Receives failures that happen in the background, on the SDK's own threads: it must be quick, and it may
/// not shut the recorder down.
using ErrorHandler = std::function<void(const Error&)>;

}
