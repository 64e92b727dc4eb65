#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include <sidespan/deadline.h>
#include <sidespan/http_transport/cancellation.h>
#include <sidespan/http_transport/http_request.h>
#include <sidespan/http_transport/http_response.h>
#include <sidespan/outcome.h>

#include "winhttp_api.h"

namespace sidespan::inline v0::detail {

/// One request on a WinHTTP handle. WinHTTP's threads share the memory that they write to, which lives until
/// WinHTTP has released the handle, so this object may be destroyed earlier.
class WinHttpExchange {
public:
    WinHttpExchange(WinHttpHandle handle, const HttpRequest& request, Cancellation& cancellation);
    WinHttpExchange(const WinHttpExchange&) = delete;
    WinHttpExchange& operator=(const WinHttpExchange&) = delete;

    [[nodiscard]] Outcome<HttpResponse> run();
    [[nodiscard]] std::uint64_t bodyBytesSent() const noexcept { return bodyBytesSent_; }

private:
    enum class Stop : std::uint8_t { none, cancelled, late, idle, failed };
    struct Shared;
    static void CALLBACK onStatus(HINTERNET, DWORD_PTR context, DWORD status, void* info,
                                  DWORD size) noexcept;

    [[nodiscard]] Stop attempt();
    [[nodiscard]] Stop begin();
    [[nodiscard]] Stop sendBody();
    [[nodiscard]] Stop receiveHead();
    [[nodiscard]] Stop receiveBody();
    [[nodiscard]] Stop readPart(DWORD size);
    [[nodiscard]] Stop readHead();
    void takeHeaders(std::string_view lines);
    [[nodiscard]] bool isShort() const;
    [[nodiscard]] Error errorOf(Stop stop) const;

    /// Makes a WinHTTP call that ends with a callback, and waits for the callback.
    template <class Call>
    [[nodiscard]] Stop await(Call call, Deadline until = Deadline::max());
    [[nodiscard]] Stop wait(Deadline until);
    [[nodiscard]] std::wstring headerLines() const;

    WinHttpHandle handle_;
    const HttpRequest& request_;
    Cancellation& cancellation_;
    const Deadline deadline_;
    const std::shared_ptr<Shared> shared_;
    HttpResponse response_;
    std::uint64_t bodyBytesSent_ = 0;  // in all attempts, as the limit per day counts them
    DWORD_PTR context_ = 0;            // of onStatus()
    bool isConnected_ = false;
};

}
