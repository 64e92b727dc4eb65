#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <sidespan/http_transport/http_transport.h>

#include "patience.h"

namespace sidespan::test {

/// What a ScriptedTransport was asked to send.
struct SentRequest {
    std::string method;
    std::string url;
    std::vector<HttpHeader> headers;
    std::string body;

    [[nodiscard]] std::string header(std::string_view name) const {
        for (const auto& field : headers) {
            if (isSameHeaderName(field.name, name)) return field.value;
        }
        return {};
    }
};

/// The script of a transport without a network, and the record of what went through it. It outlives the
/// transport.
class TransportScript {
public:
    using Step = std::function<Outcome<HttpResponse>(const HttpRequest&, Cancellation&)>;

    TransportScript& then(Step step) {
        const std::lock_guard lock(mutex_);
        steps_.push_back(std::move(step));
        return *this;
    }
    TransportScript& then(int status, std::vector<HttpHeader> headers = {}, std::string body = {}) {
        return then([=](const HttpRequest&, Cancellation&) -> Outcome<HttpResponse> {
            return HttpResponse{.status = status, .headers = headers, .body = body};
        });
    }
    TransportScript& then(std::size_t times, int status) {
        for (std::size_t i = 0; i < times; ++i) then(status);
        return *this;
    }
    /// What answers when the script is over; 200 unless told otherwise.
    TransportScript& otherwise(int status) {
        const std::lock_guard lock(mutex_);
        lastStatus_ = status;
        return *this;
    }

    [[nodiscard]] std::vector<SentRequest> sent() const {
        const std::lock_guard lock(mutex_);
        return sent_;
    }
    /// The threads that prepared it.
    [[nodiscard]] std::vector<std::thread::id> preparedOn() const {
        const std::lock_guard lock(mutex_);
        return preparedOn_;
    }
    [[nodiscard]] bool waitForSent(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return sent_.size() >= count; });
    }

    [[nodiscard]] std::unique_ptr<HttpTransport> transport() { return std::make_unique<Transport>(*this); }

private:
    class Transport final : public HttpTransport {
    public:
        explicit Transport(TransportScript& script) : script_(script) {}
        void prepare() noexcept override { script_.notePrepared(); }
        Outcome<HttpResponse> send(const HttpRequest& request, Cancellation& cancellation) override {
            return script_.perform(request, cancellation);
        }

    private:
        TransportScript& script_;
    };

    void notePrepared() {
        const std::lock_guard lock(mutex_);
        preparedOn_.push_back(std::this_thread::get_id());
    }

    Outcome<HttpResponse> perform(const HttpRequest& request, Cancellation& cancellation) {
        std::unique_lock lock(mutex_);
        sent_.push_back({request.method, request.url, request.headers, std::string(request.body)});
        changed_.notify_all();
        if (steps_.empty()) return HttpResponse{.status = lastStatus_};
        const auto step = std::move(steps_.front());
        steps_.pop_front();
        lock.unlock();
        return step(request, cancellation);
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Step> steps_;
    std::vector<SentRequest> sent_;
    std::vector<std::thread::id> preparedOn_;
    int lastStatus_ = 200;
};

}
