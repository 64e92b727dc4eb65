#include "winhttp_words.h"

#include <array>

#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {
namespace {

struct Words {
    DWORD of;
    const char* text;
};

constexpr std::array problems{
    Words{ERROR_WINHTTP_NAME_NOT_RESOLVED, "the server's name cannot be resolved"},
    Words{ERROR_WINHTTP_CANNOT_CONNECT, "no connection can be made"},
    Words{ERROR_WINHTTP_CONNECTION_ERROR, "the connection was closed"},
    Words{ERROR_WINHTTP_INVALID_SERVER_RESPONSE, "what it answered is not HTTP, or breaks off"},
    Words{ERROR_WINHTTP_SECURE_FAILURE, "TLS failed"},
    Words{ERROR_WINHTTP_SECURE_CHANNEL_ERROR, "TLS failed"},
    Words{ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED, "the server wants a certificate of the client's"},
};

constexpr std::array certificateProblems{
    Words{WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA, "an authority that this machine does not trust issued it"},
    Words{WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID, "it is another host's"},
    Words{WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID, "it has expired or is not valid yet"},
    Words{WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED, "it was revoked"},
    Words{WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT, "it is not valid"},
};

}

std::string winHttpWords(DWORD problem, DWORD certificate) {
    for (const auto& [flag, text] : certificateProblems)
        if ((certificate & flag) != 0) return join({"the server's certificate was refused: ", text});
    for (const auto& [number, text] : problems)
        if (number == problem) return text;
    return join({"error ", decimal(problem), " of WinHTTP"});
}

}
