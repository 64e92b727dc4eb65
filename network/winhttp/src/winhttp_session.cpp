#include "winhttp_session.h"

#include <algorithm>

#include <sidespan/detail/hex.h>
#include <sidespan/detail/join.h>

#include "winhttp_exchange.h"
#include "winhttp_words.h"

namespace sidespan::inline v0 {

using detail::join;
using detail::WinHttpHandle;

namespace {

std::wstring decoded(std::string_view text) {
    return detail::widened(detail::percentDecoded(text));
}

// "user:password" and "host:port" of "http://user:password@host:port".
struct ProxyParts {
    explicit ProxyParts(std::string_view url) {
        if (const auto scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
        if (const auto at = url.rfind('@'); at != url.npos) {
            const auto user = url.substr(0, at);
            const auto colon = std::min(user.find(':'), user.size());
            name = decoded(user.substr(0, colon));
            password = decoded(user.substr(std::min(colon + 1, user.size())));
            url.remove_prefix(at + 1);
        }
        server = detail::widened(url.substr(0, url.find('/')));
    }
    std::wstring name;
    std::wstring password;
    std::wstring server;
};

HINTERNET openSession(const std::wstring& proxy) {
    if (!proxy.empty()) {
        return ::WinHttpOpen(nullptr, WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy.c_str(), WINHTTP_NO_PROXY_BYPASS,
                             WINHTTP_FLAG_ASYNC);
    }
    constexpr DWORD automatic = 4;  // WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY: Windows 8.1 and later
    HINTERNET session = ::WinHttpOpen(nullptr, automatic, nullptr, nullptr, WINHTTP_FLAG_ASYNC);
    if (session != nullptr) return session;
    return ::WinHttpOpen(nullptr, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, nullptr, nullptr, WINHTTP_FLAG_ASYNC);
}

void setOption(HINTERNET handle, DWORD option, DWORD value) noexcept {
    ::WinHttpSetOption(handle, option, &value, sizeof value);
}

// An event that WinHTTP sets after the last callback of a session. Null if WinHTTP does not support it.
HANDLE eventOfLastCall(HINTERNET session) noexcept {
    HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    if (event == nullptr) return nullptr;
    if (::WinHttpSetOption(session, WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT, &event, sizeof event) != 0)
        return event;
    ::CloseHandle(event);
    return nullptr;
}

const char something = 0;  // an address in this binary

// Keeps this binary loaded: WinHTTP may still call it.
void keepThisBinary() noexcept {
    HMODULE module = nullptr;
    ::GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, &something,
                         &module);
}

}

/// The parts of a URL.
struct WinHttpTransport::Session::Target {
    explicit Target(const std::wstring& url) {
        URL_COMPONENTS parts{};
        parts.dwStructSize = sizeof parts;
        parts.dwSchemeLength = parts.dwHostNameLength = parts.dwUrlPathLength = static_cast<DWORD>(-1);
        isGood = ::WinHttpCrackUrl(url.c_str(), static_cast<DWORD>(url.size()), 0, &parts) != 0;
        if (!isGood) return;
        host.assign(parts.lpszHostName, parts.dwHostNameLength);
        port = parts.nPort;
        isSecure = parts.nScheme == INTERNET_SCHEME_HTTPS;
        const wchar_t* const begin = parts.lpszUrlPath;
        path.assign(begin, url.c_str() + url.size());
        if (!path.starts_with(L'/')) path.insert(0, 1, L'/');
    }
    bool isGood;
    bool isSecure = false;
    std::wstring host;
    INTERNET_PORT port = 0;
    std::wstring path;  // with the query
};

WinHttpTransport::Session::Session(const HttpTransportOptions& options) {
    ProxyParts proxy(options.proxy);
    session_.reset(openSession(proxy.server));
    proxyUser_ = std::move(proxy.name);
    proxyPassword_ = std::move(proxy.password);
    if (!session_) return;
    lastCallIsOver_ = eventOfLastCall(session_.get());
    constexpr DWORD tls13 = 0x2000;  // WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3: Windows 11
    constexpr DWORD tls12 = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2;
    DWORD protocols = tls12 | tls13;
    if (::WinHttpSetOption(session_.get(), WINHTTP_OPTION_SECURE_PROTOCOLS, &protocols, sizeof protocols) ==
        0)
        setOption(session_.get(), WINHTTP_OPTION_SECURE_PROTOCOLS, tls12);
    ::WinHttpSetTimeouts(session_.get(), 0, 0, 0, 0);  // none: the exchange has its own
}

// The event is not closed if WinHTTP still has to set it.
WinHttpTransport::Session::~Session() {
    constexpr DWORD moment = 500;
    if (!session_) return;
    server_.reset();
    session_.reset();
    if (lastCallIsOver_ != nullptr && ::WaitForSingleObject(lastCallIsOver_, moment) == WAIT_OBJECT_0)
        ::CloseHandle(lastCallIsOver_);
    else
        keepThisBinary();
}

Outcome<HttpResponse> WinHttpTransport::Session::send(const HttpRequest& request, Cancellation& cancellation,
                                                      std::uint64_t& bodyBytesSent) {
    bodyBytesSent = 0;
    const auto origin = originOf(request.url);
    const Target target(detail::widened(request.url));
    if (!target.isGood) return Error{ErrorCode::invalidConfig, join({"\"", origin, "\" is not a valid URL"})};
    auto handle = connect(target) ? openRequest(request, target) : WinHttpHandle();
    if (!handle) {
        return Error{ErrorCode::network,
                     join({"no answer from ", origin, ": ", detail::winHttpWords(::GetLastError(), 0)})};
    }
    detail::WinHttpExchange exchange(std::move(handle), request, cancellation);
    auto outcome = exchange.run();
    bodyBytesSent = exchange.bodyBytesSent();
    return outcome;
}

bool WinHttpTransport::Session::connect(const Target& target) {
    if (!session_) return false;
    if (server_ && host_ == target.host && port_ == target.port) return true;
    server_.reset(::WinHttpConnect(session_.get(), target.host.c_str(), target.port, 0));
    host_ = target.host;
    port_ = target.port;
    return server_ != nullptr;
}

WinHttpHandle WinHttpTransport::Session::openRequest(const HttpRequest& request, const Target& target) const {
    const DWORD flags = WINHTTP_FLAG_ESCAPE_DISABLE | WINHTTP_FLAG_ESCAPE_DISABLE_QUERY |
                        (target.isSecure ? WINHTTP_FLAG_SECURE : 0U);
    WinHttpHandle handle(::WinHttpOpenRequest(server_.get(), detail::widened(request.method).c_str(),
                                              target.path.c_str(), nullptr, WINHTTP_NO_REFERER,
                                              WINHTTP_DEFAULT_ACCEPT_TYPES, flags));
    if (!handle) return handle;
    setOption(handle.get(), WINHTTP_OPTION_DISABLE_FEATURE,
              WINHTTP_DISABLE_COOKIES | WINHTTP_DISABLE_REDIRECTS);
    setOption(handle.get(), WINHTTP_OPTION_AUTOLOGON_POLICY, WINHTTP_AUTOLOGON_SECURITY_LEVEL_HIGH);
    // Without this, WinHTTP fails if a server asks for a client's certificate, even an optional one.
    if (target.isSecure) {
        ::WinHttpSetOption(handle.get(), WINHTTP_OPTION_CLIENT_CERT_CONTEXT, WINHTTP_NO_CLIENT_CERT_CONTEXT,
                           0);
    }
    if (!proxyUser_.empty()) setProxyUser(handle.get());
    return handle;
}

void WinHttpTransport::Session::setProxyUser(HINTERNET request) const {
    ::WinHttpSetCredentials(request, WINHTTP_AUTH_TARGET_PROXY, WINHTTP_AUTH_SCHEME_BASIC, proxyUser_.c_str(),
                            proxyPassword_.c_str(), nullptr);
}

}
