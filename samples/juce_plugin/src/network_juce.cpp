#include <csignal>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include <juce_core/juce_core.h>

#include "network.h"
#include "server_time.h"

namespace loopshare {

using sidespan::Error;
using sidespan::ErrorCode;
using sidespan::Outcome;

namespace {

constexpr int timeoutMs = 30'000;
constexpr std::size_t maxAnswerBytes = std::size_t{64} << 20U;  // as the SDK's client takes

Error failure(int status) {
    if (status == 401 || status == 403) return {ErrorCode::unauthorized, "the service wants a sign-in"};
    if (status == 413) return {ErrorCode::tooLarge, "the service takes no loops of this size"};
    if (status == 429 || status >= 500) return {ErrorCode::unavailable, "the service is busy"};
    return {ErrorCode::rejected, "the service answered " + std::to_string(status)};
}

Answer toAnswer(juce::WebInputStream& stream) {
    juce::MemoryBlock body;
    stream.readIntoMemoryBlock(body, static_cast<std::ptrdiff_t>(maxAnswerBytes + 1));
    return {stream.getStatusCode(), std::string(static_cast<const char*>(body.getData()), body.getSize()),
            readServerTime(stream.getResponseHeaders()["X-Server-Time"])};
}

}

/// A thread that takes one request after the other.
struct Network::Impl : juce::Thread {
    struct Request {
        juce::URL url;
        bool isPost;
        juce::String headers;
        Callback callback;
    };

    Impl(const std::string& address, std::string bearer)
        : Thread("LoopShare net"), endpoint(address), token(std::move(bearer)) {}
    ~Impl() override { stop(); }

    void stop() {
        cancel();
        stopThread(-1);
    }

    void send(const std::string& path, std::string body, const Headers& headers, bool isPost,
              Callback callback) {
        Request request{juce::URL(endpoint + path), isPost, {}, std::move(callback)};
        if (isPost) request.url = request.url.withPOSTData(juce::MemoryBlock(body.data(), body.size()));
        for (const auto& [name, value] : headers) request.headers << name << ": " << value << "\r\n";
        {
            const std::lock_guard lock(mutex);
            if (!token.empty()) request.headers << "Authorization: Bearer " << token << "\r\n";
            waiting.push_back(std::move(request));
        }
        if (startThread() || isThreadRunning()) {
            notify();
        } else {
            fail(takeWaiting(), {ErrorCode::resource, "not sent: there is no thread to send with"});
        }
    }

    void cancel() {
        std::deque<Request> given;
        {
            const std::lock_guard lock(mutex);
            given.swap(waiting);
            isCancelled = true;
            if (underWay != nullptr) underWay->cancel();
        }
        fail(given, {ErrorCode::cancelled, "cancelled"});
    }

    std::deque<Request> takeWaiting() {
        const std::lock_guard lock(mutex);
        return std::exchange(waiting, {});
    }

    static void fail(const std::deque<Request>& requests, const Error& error) {
        for (const auto& request : requests) request.callback(error);
    }

    void run() override {
        blockSigPipe();
        while (!threadShouldExit()) {
            if (auto request = next()) {
                request->callback(exchange(*request));
            } else {
                wait(-1);
            }
        }
    }

    // JUCE's sockets raise it when the other side closes first.
    static void blockSigPipe() {
#if !JUCE_WINDOWS
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
#endif
    }

    std::optional<Request> next() {
        const std::lock_guard lock(mutex);
        if (waiting.empty()) return std::nullopt;
        isCancelled = false;  // from here on cancel() means this one, too
        auto request = std::move(waiting.front());
        waiting.pop_front();
        return request;
    }

    Outcome<Answer> exchange(const Request& request) {
        juce::WebInputStream stream(request.url, request.isPost);
        stream.withExtraHeaders(request.headers)
            .withConnectionTimeout(timeoutMs)
            .withNumRedirectsToFollow(0);  // JUCE would send the token to any host
        {
            const std::lock_guard lock(mutex);
            if (isCancelled) return Error{ErrorCode::cancelled, "cancelled"};
            underWay = &stream;
        }
        const bool isConnected = stream.connect(nullptr);
        auto answer = isConnected ? toAnswer(stream) : Answer{};
        const std::lock_guard lock(mutex);
        underWay = nullptr;
        if (isCancelled) return Error{ErrorCode::cancelled, "cancelled"};
        if (!isConnected || answer.status == 0) {
            return Error{ErrorCode::network, "the service does not answer"};
        }
        if (answer.status < 200 || answer.status > 299) return failure(answer.status);
        if (answer.body.size() > maxAnswerBytes) {
            return Error{ErrorCode::tooLarge, "the answer is longer than 64 MiB"};
        }
        return answer;
    }

    const std::string endpoint;
    std::mutex mutex;
    std::string token;
    std::deque<Request> waiting;
    juce::WebInputStream* underWay = nullptr;
    bool isCancelled = false;
};

Network::Network(const std::string& endpoint, std::string token)
    : impl_(std::make_unique<Impl>(endpoint, std::move(token))) {}

// A callback that still runs may use the network.
Network::~Network() {
    impl_->stop();
}

void Network::post(std::string path, std::string body, Headers headers, Callback callback) {
    impl_->send(path, std::move(body), headers, true, std::move(callback));
}

void Network::get(std::string path, Headers headers, Callback callback) {
    impl_->send(path, {}, headers, false, std::move(callback));
}

void Network::setToken(std::string token) {
    const std::lock_guard lock(impl_->mutex);
    impl_->token = std::move(token);
}

void Network::cancel() {
    impl_->cancel();
}

}
