#include "winhttp_exchange.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <sidespan/detail/join.h>

#include "winhttp_words.h"

namespace sidespan::inline v0::detail {
namespace {

using std::chrono::steady_clock;

constexpr DWORD partBytes = 64U << 10U;
constexpr std::size_t maxHeaderBytes = std::size_t{64} << 10U;
// WinHTTP keeps no copy of a body: after a proxy has asked for the password, it must be sent again.
constexpr int mostResends = 2;

}

/// What WinHTTP's threads write to.
struct WinHttpExchange::Shared {
    std::mutex mutex;
    std::condition_variable changed;
    bool isAnswered = false;  // the call is complete, with `size` or `problem`
    DWORD size = 0;
    DWORD problem = 0;
    DWORD certificate = 0;
    Deadline lastMoved = steady_clock::now();
    std::array<char, partBytes> part{};  // of a body, while WinHTTP sends or receives it
};

WinHttpExchange::WinHttpExchange(WinHttpHandle handle, const HttpRequest& request, Cancellation& cancellation)
    : handle_(std::move(handle)),
      request_(request),
      cancellation_(cancellation),
      deadline_(deadlineIn(request.totalTimeout)),
      shared_(std::make_shared<Shared>()) {
    auto held = std::make_unique<std::shared_ptr<Shared>>(shared_);  // freed by the last callback
    context_ = reinterpret_cast<DWORD_PTR>(held.get());
    const bool isSet =
        ::WinHttpSetOption(handle_.get(), WINHTTP_OPTION_CONTEXT_VALUE, &context_, sizeof context_) != 0 &&
        ::WinHttpSetStatusCallback(handle_.get(), &WinHttpExchange::onStatus,
                                   WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS,
                                   0) != WINHTTP_INVALID_STATUS_CALLBACK;
    if (isSet) {
        static_cast<void>(held.release());
    } else {
        shared_->problem = ::GetLastError();
    }
}

void CALLBACK WinHttpExchange::onStatus(HINTERNET, DWORD_PTR context, DWORD status, void* info,
                                        DWORD size) noexcept {
    auto* const held = reinterpret_cast<std::shared_ptr<Shared>*>(context);
    if (held == nullptr) return;
    const auto shared = *held;
    const std::lock_guard lock(shared->mutex);
    shared->lastMoved = steady_clock::now();
    switch (status) {
        case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
        case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
            shared->isAnswered = true;
            break;
        case WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE:
        case WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE:
            shared->size = *static_cast<const DWORD*>(info);
            shared->isAnswered = true;
            break;
        case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
            shared->size = size;
            shared->isAnswered = true;
            break;
        case WINHTTP_CALLBACK_STATUS_SECURE_FAILURE:
            shared->certificate = *static_cast<const DWORD*>(info);
            break;
        case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
            shared->problem = static_cast<const WINHTTP_ASYNC_RESULT*>(info)->dwError;
            shared->isAnswered = true;
            break;
        case WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING:
            delete held;
            break;
        default:
            break;
    }
    shared->changed.notify_all();
}

Outcome<HttpResponse> WinHttpExchange::run() {
    const Cancellation::Hook hook(cancellation_, [shared = shared_] {
        const std::lock_guard lock(shared->mutex);
        shared->changed.notify_all();
    });
    Stop stop = shared_->problem != 0 ? Stop::failed : attempt();
    for (int again = 0; again < mostResends && stop == Stop::failed; ++again) {
        if (shared_->problem != ERROR_WINHTTP_RESEND_REQUEST) break;
        shared_->problem = 0;
        stop = attempt();
    }
    if (stop == Stop::failed && cancellation_.isCancelled()) stop = Stop::cancelled;
    if (stop != Stop::none) return errorOf(stop);
    return std::move(response_);
}

WinHttpExchange::Stop WinHttpExchange::attempt() {
    Stop stop = begin();
    if (stop == Stop::none) stop = sendBody();
    if (stop == Stop::none) stop = receiveHead();
    if (stop == Stop::none) stop = receiveBody();
    return stop;
}

template <class Call>
WinHttpExchange::Stop WinHttpExchange::await(Call call, Deadline until) {
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->isAnswered = false;
    }
    if (cancellation_.isCancelled()) return Stop::cancelled;
    if (call() == 0) {
        shared_->problem = ::GetLastError();
        return Stop::failed;
    }
    return wait(until);
}

WinHttpExchange::Stop WinHttpExchange::wait(Deadline until) {
    std::unique_lock lock(shared_->mutex);
    while (!shared_->isAnswered) {
        if (cancellation_.isCancelled()) return Stop::cancelled;
        const auto idleAt = isConnected_ ? shared_->lastMoved + request_.idleTimeout : Deadline::max();
        const auto now = steady_clock::now();
        if (now >= std::min(deadline_, until)) return Stop::late;
        if (now >= idleAt) return Stop::idle;
        shared_->changed.wait_until(lock, std::min({deadline_, until, idleAt}));
    }
    return shared_->problem != 0 ? Stop::failed : Stop::none;
}

std::wstring WinHttpExchange::headerLines() const {
    std::string lines;
    for (const auto& [name, value] : request_.headers)
        lines.append(name).append(": ").append(value).append("\r\n");
    return widened(lines);
}

WinHttpExchange::Stop WinHttpExchange::begin() {
    const auto headers = headerLines();
    const auto send = [&] {
        return ::WinHttpSendRequest(handle_.get(),
                                    headers.empty() ? WINHTTP_NO_ADDITIONAL_HEADERS : headers.c_str(),
                                    static_cast<DWORD>(headers.size()), WINHTTP_NO_REQUEST_DATA, 0,
                                    static_cast<DWORD>(request_.body.size()), context_);
    };
    const auto stop = await(send, deadlineIn(request_.connectTimeout));
    isConnected_ = true;
    return stop;
}

// Through memory that WinHTTP may still use later: the request's own may be freed after run().
WinHttpExchange::Stop WinHttpExchange::sendBody() {
    for (auto rest = request_.body; !rest.empty();) {
        const auto size = std::min<std::size_t>(rest.size(), partBytes);
        std::memcpy(shared_->part.data(), rest.data(), size);
        const auto stop = await([&] {
            return ::WinHttpWriteData(handle_.get(), shared_->part.data(), static_cast<DWORD>(size), nullptr);
        });
        if (stop != Stop::none) return stop;
        rest.remove_prefix(size);
        bodyBytesSent_ += size;
    }
    return Stop::none;
}

WinHttpExchange::Stop WinHttpExchange::receiveHead() {
    const auto stop = await([this] { return ::WinHttpReceiveResponse(handle_.get(), nullptr); });
    return stop == Stop::none ? readHead() : stop;
}

WinHttpExchange::Stop WinHttpExchange::readHead() {
    DWORD status = 0;
    DWORD size = sizeof status;
    std::wstring lines(maxHeaderBytes, L'\0');
    auto bytes = static_cast<DWORD>(lines.size() * sizeof(wchar_t));
    const bool isRead =
        ::WinHttpQueryHeaders(handle_.get(), WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                              WINHTTP_HEADER_NAME_BY_INDEX, &status, &size, WINHTTP_NO_HEADER_INDEX) != 0 &&
        ::WinHttpQueryHeaders(handle_.get(), WINHTTP_QUERY_RAW_HEADERS_CRLF, WINHTTP_HEADER_NAME_BY_INDEX,
                              lines.data(), &bytes, WINHTTP_NO_HEADER_INDEX) != 0;
    if (!isRead) {
        shared_->problem = ::GetLastError();
        return Stop::failed;
    }
    lines.resize(bytes / sizeof(wchar_t));
    response_.status = static_cast<int>(status);
    takeHeaders(narrowed(lines));
    return Stop::none;
}

void WinHttpExchange::takeHeaders(std::string_view lines) {
    while (!lines.empty()) {
        const auto end = std::min(lines.find("\r\n"), lines.size());
        const auto line = lines.substr(0, end);
        lines.remove_prefix(std::min(end + 2, lines.size()));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || line.starts_with("HTTP/")) continue;
        auto value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
        addHeader(response_.headers, line.substr(0, colon), value);
    }
}

WinHttpExchange::Stop WinHttpExchange::receiveBody() {
    while (!response_.isCut) {
        const auto stop = await([this] { return ::WinHttpQueryDataAvailable(handle_.get(), nullptr); });
        if (stop != Stop::none) return stop;
        const DWORD available = shared_->size;
        if (available == 0) break;
        if (const auto read = readPart(std::min(available, partBytes)); read != Stop::none) return read;
    }
    if (!isShort()) return Stop::none;
    shared_->problem = ERROR_WINHTTP_CONNECTION_ERROR;
    return Stop::failed;
}

WinHttpExchange::Stop WinHttpExchange::readPart(DWORD size) {
    const auto stop =
        await([&] { return ::WinHttpReadData(handle_.get(), shared_->part.data(), size, nullptr); });
    if (stop != Stop::none) return stop;
    auto& body = response_.body;
    const std::size_t taken = std::min<std::size_t>(shared_->size, request_.maxResponseBytes - body.size());
    body.append(shared_->part.data(), taken);
    response_.isCut = taken < shared_->size;
    return Stop::none;
}

// WinHTTP treats a connection that ends early as the end of the body.
bool WinHttpExchange::isShort() const {
    auto announced = response_.header("Content-Length");
    if (!announced || response_.isCut || request_.method == "HEAD" || response_.status == 304) return false;
    return response_.body.size() < takeDecimal(*announced).value_or(0);
}

Error WinHttpExchange::errorOf(Stop stop) const {
    const auto origin = originOf(request_.url);
    switch (stop) {
        case Stop::cancelled:
            return {ErrorCode::cancelled, join({"cancelled while talking to ", origin})};
        case Stop::idle:
            return {ErrorCode::timeout, join({"nothing moved to or from ", origin, " for ",
                                              decimal(request_.idleTimeout.count()), " ms"})};
        case Stop::late:
            return {ErrorCode::timeout, join({origin, " did not answer in time"})};
        case Stop::none:
        case Stop::failed:
            break;
    }
    const std::lock_guard lock(shared_->mutex);
    if (shared_->problem == ERROR_NOT_ENOUGH_MEMORY) return {ErrorCode::resource, "out of memory"};
    if (shared_->problem == ERROR_WINHTTP_TIMEOUT)
        return {ErrorCode::timeout, join({origin, " did not answer in time"})};
    return {ErrorCode::network,
            join({"no answer from ", origin, ": ", winHttpWords(shared_->problem, shared_->certificate)})};
}

}
