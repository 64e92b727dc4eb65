#include <sidespan/error.h>

namespace sidespan::inline v0 {

std::string_view toString(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalidConfig:
            return "invalid config";
        case ErrorCode::noConsent:
            return "no consent";
        case ErrorCode::network:
            return "network";
        case ErrorCode::timeout:
            return "timeout";
        case ErrorCode::unauthorized:
            return "unauthorized";
        case ErrorCode::rejected:
            return "rejected";
        case ErrorCode::tooLarge:
            return "too large";
        case ErrorCode::disabled:
            return "disabled by server";
        case ErrorCode::unavailable:
            return "unavailable";
        case ErrorCode::cancelled:
            return "cancelled";
        case ErrorCode::io:
            return "io";
        case ErrorCode::resource:
            return "resource";
        case ErrorCode::badAnswer:
            return "bad answer";
    }
    return "unknown";
}

}
