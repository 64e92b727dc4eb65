#include "settings.h"

#include <utility>

#if !JUCE_WINDOWS
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace loopshare {

using sidespan::Consent;

namespace {

juce::PropertiesFile::Options options(juce::InterProcessLock& lock) {
    juce::PropertiesFile::Options options;
    options.storageFormat = juce::PropertiesFile::storeAsXML;
    options.millisecondsBeforeSaving = -1;
    options.doNotSave = true;  // we save
    options.processLock = &lock;
    return options;
}

std::filesystem::path pathOf(const juce::File& file) {
    const auto name = file.getFullPathName().toStdString();
    return {std::u8string(name.begin(), name.end())};
}

/// A folder that is there already may be for others too. Windows keeps what is a user's own to that user by
/// itself.
bool makeFolder(const juce::File& folder) {
    if (folder.isDirectory()) return true;
    if (!folder.createDirectory()) return false;
    std::error_code failed;
    std::filesystem::permissions(pathOf(folder), std::filesystem::perms::owner_all, failed);
    return !failed;
}

/// Makes an empty file that others cannot open, not even for a moment.
bool makePrivate(const juce::File& file) {
#if JUCE_WINDOWS
    return file.create().wasOk();
#else
    const int opened = ::open(file.getFullPathName().toRawUTF8(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                              S_IRUSR | S_IWUSR);
    return opened >= 0 && ::close(opened) == 0;
#endif
}

/// As PropertiesFile does, but for others to read at no time.
bool save(const juce::PropertiesFile& settings) {
    const juce::TemporaryFile temporary(settings.getFile());
    if (!makePrivate(temporary.getFile())) return false;
    {
        juce::FileOutputStream out(temporary.getFile());
        if (out.failedToOpen()) return false;
        settings.createXml("PROPERTIES")->writeTo(out);
        out.flush();
        if (out.getStatus().failed()) return false;
    }
    return temporary.overwriteTargetFileWithTemporary();
}

juce::String endpointIn(const juce::PropertiesFile& file) {
    return file.getValue("endpoint", Settings::defaultEndpoint);
}

juce::String telemetryIn(const juce::PropertiesFile& file) {
    const auto chosen = file.getValue("telemetry");
    if (chosen.isNotEmpty()) return chosen;
    const auto service = endpointIn(file);
    return service == Settings::defaultEndpoint ? juce::String(Settings::defaultTelemetry) : service;
}

void store(const SignedIn& who, juce::PropertiesFile& file) {
    file.setValue("user", who.user);
    file.setValue("userId", who.userId);
    file.setValue("token", who.token);
    file.setValue("tokenExpiresMs", who.expiresMs);
}

Consent::State toState(const juce::String& text) {
    if (text == "granted") return Consent::granted;
    return text == "denied" ? Consent::denied : Consent::unknown;
}

}

juce::File Settings::defaultFile() {
    const auto named = juce::SystemStats::getEnvironmentVariable("LOOPSHARE_SETTINGS", {});
    if (named.isNotEmpty()) return juce::File::getCurrentWorkingDirectory().getChildFile(named);
    const auto folder = juce::File::getSpecialLocation(juce::File::userApplicationDataDirectory);
#if JUCE_MAC
    return folder.getChildFile("Application Support/Loop Share/settings.xml");  // JUCE says ~/Library
#else
    return folder.getChildFile("Loop Share/settings.xml");
#endif
}

// JUCE keeps the lock's file for ever, so there is one for all settings of a user.
Settings::Settings(juce::File file)
    : file_(std::move(file)),
      processLock_("LoopShare" + juce::String::toHexString(juce::SystemStats::getLogonName().hashCode64())) {}

juce::PropertiesFile& Settings::open() {
    if (!properties_) {
        readAt_ = fileTime();
        properties_ = std::make_unique<juce::PropertiesFile>(file_, options(processLock_));
    }
    return *properties_;
}

juce::String Settings::endpoint() {
    const std::lock_guard lock(mutex_);
    return endpointIn(open());
}

juce::String Settings::telemetryEndpoint() {
    const std::lock_guard lock(mutex_);
    return telemetryIn(open());
}

Consent::State Settings::consent() {
    const std::lock_guard lock(mutex_);
    return toState(open().getValue("consent"));
}

SignedIn Settings::signedIn(const juce::String& endpoint) {
    const std::lock_guard lock(mutex_);
    auto& file = open();
    if (endpointIn(file) != endpoint) return {};
    return {file.getValue("user"), file.getValue("userId"), file.getValue("token"),
            file.getValue("tokenExpiresMs").getLargeIntValue()};
}

bool Settings::setEndpoint(const juce::String& url) {
    return write([&](auto& file) {
        if (endpointIn(file) != url) store({}, file);
        file.setValue("endpoint", url);
    });
}

bool Settings::setConsent(Consent::State state) {
    const auto text = sidespan::toString(state);
    return write([&](auto& file) { file.setValue("consent", juce::String(text.data(), text.size())); });
}

bool Settings::setSignedIn(const juce::String& endpoint, const SignedIn& who) {
    return write([&](auto& file) {
        if (endpointIn(file) == endpoint) store(who, file);
    });
}

bool Settings::replaceToken(const juce::String& endpoint, const juce::String& token, const SignedIn& who) {
    bool isReplaced = false;
    write([&](auto& file) {
        isReplaced = endpointIn(file) == endpoint && file.getValue("token") == token;
        if (isReplaced) store(who, file);
    });
    return isReplaced;
}

// Changes only what it changes: another process may have written the rest meanwhile. Otherwise the file is
// not read again, since it may lack a choice that the disk refused.
template <class Change>
bool Settings::write(Change change) {
    const std::lock_guard lock(mutex_);
    auto& file = open();
    const juce::InterProcessLock::ScopedLockType others(processLock_);
    if (fileTime() != readAt_) {
        hasNews_ = true;
        file.reload();
    }
    change(file);
    const bool isWritten = others.isLocked() && makeFolder(folder()) && save(file);
    readAt_ = fileTime();
    return isWritten;
}

bool Settings::reloadIfChanged() {
    const std::lock_guard lock(mutex_);
    if (!properties_ || (!std::exchange(hasNews_, false) && fileTime() == readAt_)) return false;
    readAt_ = fileTime();
    return properties_->reload();
}

std::filesystem::file_time_type Settings::fileTime() const {
    std::error_code none;
    const auto time = std::filesystem::last_write_time(pathOf(file_), none);
    return none ? std::filesystem::file_time_type() : time;
}

}
