#include "account.h"

#include <algorithm>
#include <utility>

#include "service_answer.h"

namespace loopshare {

using sidespan::Error;
using sidespan::ErrorCode;
using sidespan::Outcome;

namespace {

constexpr juce::int64 minuteMs = 60'000;
constexpr juce::int64 firstRetryMs = 10'000;
constexpr juce::int64 longestRetryMs = 5 * minuteMs;
constexpr int maxTokenCharacters = 8192;
constexpr double longestTokenSeconds = 10.0 * 365 * 24 * 3600;

std::string credentials(const juce::String& user, const juce::String& password) {
    auto body = std::make_unique<juce::DynamicObject>();
    body->setProperty("user", user);
    body->setProperty("password", password);
    return juce::JSON::toString(juce::var(body.release()), true).toStdString();
}

// One that goes into a header as it is (RFC 6750, 2.1).
juce::String tokenIn(const juce::var& json) {
    const auto token = service_answer::line(json["token"], maxTokenCharacters);
    const bool isWhole = token == json["token"].toString();
    const auto characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
    return isWhole && token.containsOnly(characters) ? token : juce::String();
}

Outcome<SignedIn> parse(const std::string& body, const juce::String& user) {
    const auto json = service_answer::parse(body);
    const auto lastsMs = static_cast<juce::int64>(
        service_answer::number(json["expiresInSeconds"], longestTokenSeconds) * 1000);
    SignedIn who{user, service_answer::line(json["userId"], service_answer::maxNameCharacters), tokenIn(json),
                 juce::Time::currentTimeMillis() + lastsMs};
    if (who.token.isEmpty() || lastsMs <= 0) {
        return Error{ErrorCode::rejected, "the answer to the sign-in holds no token that lasts"};
    }
    return who;
}

}

Account::Account(Recorder& recorder, Network& network, Settings& settings, const std::string& endpoint,
                 OnToken onToken)
    : recorder_(recorder),
      network_(recorder, network),
      settings_(settings),
      endpoint_(endpoint),
      onToken_(std::move(onToken)) {}

void Account::signIn(const juce::String& user, const juce::String& password) {
    ++asked_;
    send(Request::signIn, credentials(user, password), {user, {}, {}});
}

void Account::signOut() {
    const std::lock_guard lock(changing_);
    ++asked_;
    settings_.setSignedIn(endpoint_, {});
    adopt({});
}

void Account::reload() {
    adopt(settings_.signedIn(endpoint_));
}

void Account::refreshIfDue(juce::Time now) {
    SignedIn before;
    {
        const std::lock_guard lock(mutex_);
        if (status_.who.token.isEmpty() || underWay_ != 0) return;
        const auto left = status_.who.expiresMs - now.toMilliseconds();
        if (left >= std::max(minuteMs, lifetimeMs_ / 5) || now.toMilliseconds() < renewAtMs_) return;
        retryMs_ = retryMs_ == 0 ? firstRetryMs : std::min(2 * retryMs_, longestRetryMs);
        renewAtMs_ = now.toMilliseconds() + retryMs_;
        before = status_.who;
    }
    send(Request::refresh, "{}", before);
}

void Account::send(Request request, std::string body, const SignedIn& before) {
    auto root =
        std::make_shared<OpenSpan>(request == Request::signIn ? recorder_.openSpan("account.sign_in")
                                                              : recorder_.openSpan("account.refresh"));
    const auto context = root->context();
    {
        const std::lock_guard lock(mutex_);
        ++underWay_;
        if (request == Request::signIn) status_.error.reset();
    }
    const auto* path = request == Request::signIn ? "/api/v1/auth/sign-in" : "/api/v1/auth/refresh";
    network_.post(context, path, std::move(body), {{"Content-Type", "application/json"}},
                  [this, root, context, sent = Sent{request, before, asked_}](const Outcome<Answer>& answer) {
                      if (!answer) fail(*root, answer.error());
                      root->end();
                      receive(sent, answer, context);
                  });
}

// A renewal that will be tried again is nothing the user asked for, or needs to know.
void Account::receive(const Sent& sent, const Outcome<Answer>& answer, const sidespan::SpanContext& trace) {
    const auto& [request, before, asked] = sent;
    const auto who = answer ? parse(answer.value().body, before.user) : Outcome<SignedIn>(answer.error());
    bool isFailure = !who && asked == asked_;
    if (request == Request::refresh) {
        const bool isOver = !who && who.error().code == ErrorCode::unauthorized;
        const bool isReplaced = (who || isOver) && replace(before, who ? who.value() : SignedIn());
        isFailure = isOver && isReplaced;
    } else if (who) {
        adoptIfLast(sent, who.value());
    }
    const std::lock_guard lock(mutex_);
    --underWay_;
    if (!isFailure) return;
    const auto what = request == Request::signIn ? Asked::toSignIn : Asked::anything;
    status_.error = answer ? Failure::ofNonsense(who.error(), what) : Failure(who.error(), what);
    status_.traceId = trace.isValid() ? trace.traceId.toUuid() : std::string();
}

void Account::adoptIfLast(const Sent& sent, const SignedIn& who) {
    const std::lock_guard lock(changing_);
    if (sent.asked != asked_) return;
    settings_.setSignedIn(endpoint_, who);
    adopt(who);
}

// False when the user signed in or out meanwhile, here or in another process: then that holds.
bool Account::replace(const SignedIn& before, const SignedIn& who) {
    const bool isReplaced = settings_.replaceToken(endpoint_, before.token, who);
    if (isReplaced) {
        adopt(who);
    } else {
        reload();
    }
    return isReplaced;
}

void Account::adopt(const SignedIn& who) {
    {
        const std::lock_guard lock(mutex_);
        status_.who = who;
        lifetimeMs_ = who.expiresMs - juce::Time::currentTimeMillis();
        renewAtMs_ = juce::Time::currentTimeMillis() + firstRetryMs;  // however short a token lasts
        retryMs_ = 0;
    }
    onToken_(who.token.toStdString());
}

Account::Status Account::status() const {
    const std::lock_guard lock(mutex_);
    auto status = status_;
    status.isBusy = underWay_ != 0;
    return status;
}

}
