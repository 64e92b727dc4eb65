#pragma once

#include <cstdint>

#if defined(_WIN32)
#include <winsock2.h>
#else
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

/// Sockets as a server of the tests needs them, on every system.
namespace sidespan::test::sockets {

#if defined(_WIN32)
using Socket = SOCKET;
inline constexpr Socket none = INVALID_SOCKET;
inline void close(Socket socket) {
    ::closesocket(socket);
}
/// Ends whatever a thread is blocked in; on Windows once it looks, see waitForBytes().
inline void end(Socket socket) {
    ::shutdown(socket, SD_BOTH);
}
/// Nothing else ends a read there but what the other side does.
template <class IsEnded>
bool waitForBytes(Socket socket, IsEnded isEnded) {
    WSAPOLLFD waiting{socket, POLLRDNORM, 0};
    while (!isEnded())
        if (::WSAPoll(&waiting, 1, 20) != 0) return true;
    return false;
}
inline Socket accept(Socket listener) {
    return ::accept(listener, nullptr, nullptr);
}
inline Socket make() {
    return ::socket(AF_INET, SOCK_STREAM, 0);
}
#else
using Socket = int;
inline constexpr Socket none = -1;
inline void close(Socket socket) {
    ::close(socket);
}
inline void end(Socket socket) {
    ::shutdown(socket, SHUT_RDWR);
}
template <class IsEnded>
bool waitForBytes(Socket, IsEnded) {
    return true;
}
inline Socket accept(Socket listener) {
    return ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
}
inline Socket make() {
    return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}
#endif

inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// Bound to that port, or to a free one, which `port` then is; none where it cannot.
inline Socket bindToLoopback(std::uint16_t& port) {
    const auto bound = make();
    auto address = loopback(port);
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
#if defined(_WIN32)
    int size = sizeof address;
#else
    socklen_t size = sizeof address;
    const int yes = 1;  // means something else on Windows
    ::setsockopt(bound, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
#endif
    if (::bind(bound, plain, size) != 0 || ::getsockname(bound, plain, &size) != 0) {
        close(bound);
        return none;
    }
    port = ntohs(address.sin_port);
    return bound;
}

/// Keeps a free port, which `port` then is, from being given to anybody. Who asks for it by number, with
/// SO_REUSEADDR, can listen on it. On Windows nobody could, and none is kept.
inline Socket reserve([[maybe_unused]] std::uint16_t& port) {
#if defined(_WIN32)
    return none;
#else
    return bindToLoopback(port);
#endif
}

/// On that port, or on a free one, which `port` then is; none where it cannot.
inline Socket listenOnLoopback(std::uint16_t& port) {
    const auto listener = bindToLoopback(port);
    if (listener == none || ::listen(listener, SOMAXCONN) == 0) return listener;
    close(listener);
    return none;
}

/// Lets a thread come back that waits in accept(). On Windows only a connection does that.
inline void wakeAccept([[maybe_unused]] Socket listener, [[maybe_unused]] std::uint16_t port) {
#if defined(_WIN32)
    const auto caller = make();
    const auto address = loopback(port);
    ::connect(caller, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    close(caller);
#else
    end(listener);
#endif
}

}
