#include "juce_exchange.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <string_view>
#include <utility>

namespace sidespan::inline v0::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t readBytes = 4096;

// Whether JUCE's Linux sockets are used, which report what they send even when there is no body.
#if JUCE_LINUX && !JUCE_USE_CURL
constexpr bool hasOwnSockets = true;
#else
constexpr bool hasOwnSockets = false;
#endif

juce::String toJuce(std::string_view text) {
    return juce::String::fromUTF8(text.data(), static_cast<int>(text.size()));
}

bool takesBody(const HttpRequest& request) {
    return request.method != "GET" && request.method != "HEAD";
}

juce::URL urlOf(const HttpRequest& request) {
    auto url = juce::URL::createWithoutParsing(toJuce(request.url));  // the query as it is
    if (request.body.empty()) return url;
    return url.withPOSTData(juce::MemoryBlock(request.body.data(), request.body.size()));
}

juce::String headersOf(const HttpRequest& request) {
    juce::String text;
    for (const auto& [name, value] : request.headers) {
        text << toJuce(name) << ": " << toJuce(value) << "\r\n";
    }
    if (request.body.empty() && takesBody(request)) text << "Content-Length: 0\r\n";
#if JUCE_LINUX && JUCE_USE_CURL
    text << "Expect:\r\n";  // libcurl's "100-continue" waits a second for servers that do not know it
#endif
    return text;
}

std::vector<HttpHeader> headersOf(const juce::StringPairArray& pairs) {
    std::vector<HttpHeader> headers;
    for (int i = 0; i < pairs.size(); ++i) {
        const auto& name = pairs.getAllKeys()[i];
        if (name.contains(" ")) continue;  // the status line
        headers.push_back({name.toStdString(), pairs.getAllValues()[i].toStdString()});
    }
    return headers;
}

// How long the body will be; nothing when that is not known, as behind a system that decompresses it.
std::optional<std::size_t> announcedLength(juce::WebInputStream& stream, const HttpResponse& response) {
    const auto length = stream.getTotalLength();
    if (length < 0 || response.header("Content-Encoding")) return std::nullopt;
    return static_cast<std::size_t>(length);
}

bool hasNoBody(int status) {
    return status == 204 || status == 304;
}

}

JuceExchange::JuceExchange(const HttpRequest& request)
    : origin_(originOf(request.url)),
      isHead_(request.method == "HEAD"),
      maxResponseBytes_(request.maxResponseBytes),
      totalTimeout_(request.totalTimeout),
      connectTimeout_(request.connectTimeout),
      idleTimeout_(request.idleTimeout),
      connectUntil_(
          deadlineIn(hasOwnSockets || !request.body.empty() ? request.connectTimeout : request.idleTimeout)),
      until_(deadlineIn(request.totalTimeout)),
      url_(urlOf(request)),
      headers_(headersOf(request)),
      method_(toJuce(request.method)) {}

std::shared_ptr<JuceExchange::Stream> JuceExchange::open() {
    // Backstop only: what JUCE makes of its timeout differs with the system. Newer releases of libcurl (8.22
    // is one) notice no earlier that they were interrupted.
    const auto longest = std::min(totalTimeout_, std::max(connectTimeout_, idleTimeout_));
    const auto timeout = std::min<std::int64_t>(longest.count() + 1000, std::numeric_limits<int>::max());
    auto stream = std::make_shared<Stream>(url_, false);
    stream->withExtraHeaders(headers_)
        .withCustomRequestCommand(method_)
        .withNumRedirectsToFollow(0)
        .withConnectionTimeout(static_cast<int>(timeout));
    const std::lock_guard lock(mutex_);
    if (!isGivenUp_) stream_ = stream;
    return stream_;
}

void JuceExchange::talk() {
    auto outcome = attempt();
    std::unique_lock lock(mutex_);
    const auto stream = std::move(stream_);
    outcome_ = std::move(outcome);
    changed_.notify_all();
    lock.unlock();
}

void JuceExchange::interrupt() {
    std::unique_lock lock(mutex_);
    const auto stream = stream_;
    lock.unlock();
    if (stream) stream->cancel();
}

// Nothing catches what leaves a thread.
Outcome<HttpResponse> JuceExchange::attempt() try {
    const auto stream = open();
    return stream ? exchange(*stream) : noAnswer();
} catch (const std::bad_alloc&) {
    return Error{ErrorCode::resource, "out of memory"};  // short enough to need none
}

Outcome<HttpResponse> JuceExchange::exchange(Stream& stream) {
    if (!stream.connect(this)) return noAnswer();
    HttpResponse response{.status = stream.getStatusCode()};
    if (response.status <= 0) return noAnswer();
    response.headers = headersOf(stream.getResponseHeaders());
    if (isHead_ || hasNoBody(response.status)) return response;
    return readBody(stream, std::move(response));
}

Outcome<HttpResponse> JuceExchange::readBody(Stream& stream, HttpResponse response) {
    const auto announced = announcedLength(stream, response);
    const auto wanted = announced ? std::min(*announced, maxResponseBytes_) : maxResponseBytes_ + 1;
    auto& body = response.body;
    std::array<char, readBytes> buffer;
    while (body.size() < wanted && move()) {
        const auto size = std::min(buffer.size(), wanted - body.size());
        const int count = stream.read(buffer.data(), static_cast<int>(size));
        if (count <= 0) break;
        body.append(buffer.data(), static_cast<std::size_t>(count));
    }
    const bool isShort = body.size() < wanted && (announced || stream.isError());
    const bool isNothing = body.empty() && !announced && response.headers.empty();
    if (isShort || isNothing) return Error{ErrorCode::network, "the answer of " + origin_ + " broke off"};
    response.isCut = announced ? *announced > maxResponseBytes_ : body.size() > maxResponseBytes_;
    body.resize(std::min(body.size(), maxResponseBytes_));
    return response;
}

Error JuceExchange::noAnswer() const {
    return {ErrorCode::network, "no answer from " + origin_};
}

bool JuceExchange::postDataSendProgress(juce::WebInputStream&, int bytesSent, int) {
    return bytesSent <= 0 || move();
}

bool JuceExchange::move() {
    const std::lock_guard lock(mutex_);
    movedAt_ = steady_clock::now();
    return !isGivenUp_;
}

Deadline JuceExchange::limit() const {
    return std::min(until_, movedAt_ ? *movedAt_ + idleTimeout_ : connectUntil_);
}

Outcome<HttpResponse> JuceExchange::await(const Cancellation& cancellation) {
    std::unique_lock lock(mutex_);
    while (!outcome_ && !cancellation.isCancelled() && steady_clock::now() < limit()) {
        changed_.wait_until(lock, limit());
    }
    isGivenUp_ = !outcome_;
    const bool isCancelled = cancellation.isCancelled();
    if (outcome_ && (outcome_->isSuccess() || !isCancelled)) return *std::move(outcome_);
    if (isCancelled) return Error{ErrorCode::cancelled, "cancelled while talking to " + origin_};
    const bool isSilent = movedAt_ && limit() < until_;
    return Error{ErrorCode::timeout, origin_ + (isSilent ? " fell silent" : " did not answer in time")};
}

bool JuceExchange::isOver(Deadline deadline, const Cancellation& cancellation) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline, [&] { return threads_ == 0 || cancellation.isCancelled(); });
    return threads_ == 0;
}

void JuceExchange::wake() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
}

void JuceExchange::enter() {
    const std::lock_guard lock(mutex_);
    ++threads_;
}

void JuceExchange::leave() {
    const std::lock_guard lock(mutex_);
    --threads_;
    changed_.notify_all();
}

}
