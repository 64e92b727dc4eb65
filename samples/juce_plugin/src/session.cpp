#include "session.h"

#include <utility>

#include <sidespan/juce/host_attributes.h>

namespace loopshare {

using sidespan::Consent;
using sidespan::Error;
using sidespan::ErrorCode;

namespace {

constexpr int settingsIntervalMs = 3000;

// The session of this process. A host unloads plugins, so no static has a destructor, and the heap holds the
// pointer only while there is a session.
class SharedSession {
public:
    std::mutex mutex;  // locked around each of the others

    [[nodiscard]] std::shared_ptr<Session> find() const {
        return current_ == nullptr ? nullptr : current_->lock();
    }
    void hold(const std::shared_ptr<Session>& session) {
        if (current_ == nullptr) current_ = new std::weak_ptr<Session>;
        *current_ = session;
    }
    void forgetExpired() {
        if (current_ != nullptr && current_->expired()) delete std::exchange(current_, nullptr);
    }

private:
    std::weak_ptr<Session>* current_ = nullptr;
};

constinit SharedSession sharedSession;

bool isPort(const juce::String& text) {
    const int port = text.getIntValue();
    return text.containsOnly("0123456789") && text.length() <= 5 && port > 0 && port <= 65535;
}

// "http://host", "https://host:8080/path", "http://[::1]:8080". Paths are added to it, and tokens go beside
// it.
bool isAddress(const juce::String& url) {
    if (!url.startsWith("http://") && !url.startsWith("https://")) return false;
    if (url.containsAnyOf(" \t\r\n\"\\<>@?#")) return false;
    const auto authority =
        url.fromFirstOccurrenceOf("://", false, false).upToFirstOccurrenceOf("/", false, false);
    const bool isIpv6 = authority.startsWithChar('[');
    const auto host = isIpv6 ? authority.upToFirstOccurrenceOf("]", true, false)
                             : authority.upToFirstOccurrenceOf(":", false, false);
    const bool isHost =
        isIpv6 ? host.endsWithChar(']') && host.length() > 3 : host.isNotEmpty() && !host.containsAnyOf("[]");
    const auto port = authority.substring(host.length());
    return isHost && (port.isEmpty() || (port.startsWithChar(':') && isPort(port.substring(1))));
}

}

std::shared_ptr<Session> Session::shared() {
    const std::lock_guard lock(sharedSession.mutex);
    auto session = sharedSession.find();
    if (!session) {
        session = std::make_shared<Session>(Settings::defaultFile());
        sharedSession.hold(session);
    }
    return session;
}

Session::Session(const juce::File& settingsFile)
    : settings_(settingsFile),
      endpoint_(settings_.endpoint().toStdString()),
      telemetryEndpoint_(settings_.telemetryEndpoint().toStdString()),
      consent_(settings_.consent()),
      recorder_(std::make_unique<Recorder>(makeConfig())),
      account_(*recorder_, network_, settings_, endpoint_,
               [this](const std::string& token) { adoptToken(token); }),
      feed_(*recorder_, network_),
      network_(endpoint_) {
    account_.reload();
    startTimer(settingsIntervalMs);
}

Session::~Session() {
    stopTimer();
    const std::lock_guard lock(sharedSession.mutex);
    sharedSession.forgetExpired();
}

sidespan::Config Session::makeConfig() {
    sidespan::Config config;
    config.service = {"LoopShare", JucePlugin_VersionString};
    config.resource = sidespan::hostAttributes();
    config.batch.wrapped = true;  // native JSON has the resource in this form alone
    config.endpoint = telemetryEndpoint_;
    config.consent = consent_;
    config.tokenProvider = [this] { return token(); };
    config.onError = [this](const Error& error) {
        const std::lock_guard lock(mutex_);
        lastError_ = error;
        deliveredBefore_.reset();
    };
    config.outbox.directory = settings_.folder().getChildFile("outbox").getFullPathName().toStdString();
    config.file.path = settings_.folder().getChildFile("traces.jsonl").getFullPathName().toStdString();
    config.shutdownTimeout = std::chrono::milliseconds(500);
    return config;
}

void Session::setConsent(Consent::State state) {
    settings_.setConsent(state);
    consent_.set(state);
    isPutOff_ = state == Consent::unknown;
    const std::lock_guard lock(mutex_);
    lastError_.reset();
}

sidespan::Outcome<> Session::setEndpoint(const juce::String& url) {
    if (!isAddress(url)) {
        return Error{
            ErrorCode::invalidConfig,
            "\"" + url.toStdString() + "\" is not an address; it looks like https://loops.example.com"};
    }
    if (url.toStdString() == endpoint_) return {};
    settings_.setEndpoint(url);
    replace();
    return {};
}

void Session::replace() {
    const auto alive = shared_from_this();  // until every listener has let go
    stopTimer();
    const auto next = std::make_shared<Session>(settings_.file());
    {
        const std::lock_guard lock(sharedSession.mutex);
        sharedSession.hold(next);
    }
    listeners_.call([&](Listener& listener) { listener.sessionReplaced(next); });
}

std::string Session::token() const {
    const std::lock_guard lock(mutex_);
    return token_;
}

std::optional<Error> Session::lastError() {
    const auto delivered = recorder_->stats().delivered;
    const std::lock_guard lock(mutex_);
    if (delivered > deliveredBefore_.value_or(delivered)) lastError_.reset();
    deliveredBefore_ = delivered;
    return lastError_;
}

std::string Session::preview() {
    std::string text;
    withDeliveringSink(*recorder_, [&](auto& sink) {
        if constexpr (requires { sink.preview(); }) text = sink.preview();
    });
    return text;
}

void Session::adoptToken(const std::string& token) {
    {
        const std::lock_guard lock(mutex_);
        token_ = token;
    }
    network_.setToken(token);
    withDeliveringSink(*recorder_, [&](auto& sink) {
        if constexpr (requires { sink.client(); }) sink.client().setToken(token);
    });
}

void Session::timerCallback() {
    const auto alive = shared_from_this();
    takeOverSettings();
    if (isTimerRunning()) account_.refreshIfDue(juce::Time::getCurrentTime());  // else it was replaced
}

void Session::takeOverSettings() {
    if (!settings_.reloadIfChanged()) return;
    if (settings_.endpoint().toStdString() != endpoint_ ||
        settings_.telemetryEndpoint().toStdString() != telemetryEndpoint_) {
        return replace();
    }
    consent_.set(settings_.consent());
    account_.reload();
}

}
