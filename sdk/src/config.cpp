#include <sidespan/config.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/home_paths.h>
#include <sidespan/detail/platform.h>

#include "settings/fields.h"

namespace sidespan::inline v0 {
namespace {

using detail::Fields;
using namespace std::chrono_literals;

// The widths of the columns service_name and client_version of client_telemetry_spans.
constexpr std::uint64_t maxNameBytes = 255;
constexpr std::uint64_t maxVersionBytes = 32;

void visitText(Fields& fields, const char* name, std::string_view a, std::string_view b, std::uint64_t most) {
    if (fields.field(name, a, b)) fields.isHeaderValue(a);
    if (a.size() > most) fields.range(name, a.size(), a.size(), 0, most, " bytes");
}

template <class F>
bool isSame(const F& a, const F& b) {
    return static_cast<bool>(a) == static_cast<bool>(b);
}

bool isOwnAttribute(std::string_view key) {
    return key == "service.name" || key == "service.version" || key == "service.instance.id" ||
           key == "sidespan.client.type" || key.starts_with("telemetry.sdk.");
}

// Attributes that the SDK itself sets must not be set here.
void isResource(Fields& fields, const Attributes& attributes) {
    constexpr std::uint64_t mostBytes = std::uint64_t{16} << 10U;
    std::uint64_t size = 0;
    for (const auto& [key, value] : attributes) {
        if (isOwnAttribute(key)) {
            fields.refuse(detail::join({"must not contain ", detail::quoted(key),
                                        ": Config::service sets service.name, service.version and "
                                        "service.instance.id; telemetry.sdk.* and sidespan.client.type are "
                                        "set by the SDK"}));
        } else if (key.empty() || key.size() > maxNameBytes || detail::hasControl(key)) {
            fields.refuse(detail::join({"must not contain the key ", detail::quoted(key),
                                        ": a key is 1 to 255 bytes of printable text"}));
        }
        size += key.size() + toString(value).size();
    }
    if (attributes.size() > 128)
        fields.range<std::uint64_t>("resource", attributes.size(), attributes.size(), 0, 128, " attributes");
    if (size > mostBytes) fields.range<std::uint64_t>("resource", size, size, 0, mostBytes, " bytes");
}

// The fields that every recorder uses, whatever its sink.
void visitRecording(Fields& fields, const Config& a, const Config& b) {
    visitText(fields, "service.name", a.service.name, b.service.name, maxNameBytes);
    visitText(fields, "service.version", a.service.version, b.service.version, maxVersionBytes);
    visitText(fields, "service.instanceId", a.service.instanceId, b.service.instanceId, maxNameBytes);
    if (fields.field("resource", a.resource == b.resource)) isResource(fields, a.resource);
    fields.anyValue("disabled", a.disabled == b.disabled);
    fields.anyValue("clientType", a.clientType == b.clientType);
    fields.anyValue("onError", isSame(a.onError, b.onError));
    fields.anyValue("scrub", isSame(a.scrub, b.scrub));
    visit(fields, a.sampler, b.sampler);
    fields.anyValue("propagators", a.propagators == b.propagators);
    visit(fields, a.queue, b.queue);
    fields.range("shutdownTimeout", a.shutdownTimeout, b.shutdownTimeout, 0ms, 1min);
}

void visitDelivery(Fields& fields, const Config& a, const Config& b) {
    if (fields.field("endpoint", a.endpoint, b.endpoint))
        detail::isUrl(fields, a.endpoint, "https://telemetry.example.com");
    if (fields.field("token", a.token, b.token)) fields.isHeaderValue(a.token);
    fields.anyValue("tokenProvider", isSame(a.tokenProvider, b.tokenProvider));
    visit(fields, a.http, b.http);
    visit(fields, a.retry, b.retry);
    visit(fields, a.batch, b.batch);
    visit(fields, a.outbox, b.outbox);
    visit(fields, a.file, b.file);
}

SIDESPAN_COLD std::string visitAll(Fields::Use use, const Config& a, const Config& b) {
    Fields fields(use);
    visitRecording(fields, a, b);
    visitDelivery(fields, a, b);
    return fields.takeResult();
}

}

std::optional<Error> check(const Config& config) {
    auto wrong = visitAll(Fields::Use::checkOne, config, config);
    if (wrong.empty()) return std::nullopt;
    return Error{ErrorCode::invalidConfig, std::move(wrong)};
}

Outcome<ValidConfig> validate(Config config) {
    if (auto wrong = check(config)) return *std::move(wrong);
    return detail::asChecked(config);
}

SIDESPAN_COLD void ValidConfig::report(const Error& error) const noexcept {
    if (!config_->onError) return;
    try {
        const detail::HomePaths homes(detail::platform::homeDirectories());
        Error told = error;
        told.message.resize(homes.shorten(told.message.data(), told.message.size()));
        config_->onError(told);
    } catch (...) {  // NOLINT(bugprone-empty-catch)
    }
}

SIDESPAN_COLD void ValidConfig::joinConsent(const Config& later) const {
    Consent(config_->consent).join(later.consent);
}

SIDESPAN_COLD void ValidConfig::reportDifferences(const Config& later) const {
    const auto fields = detail::differingFields(*config_, later);
    if (fields.empty()) return;
    const Error error{
        ErrorCode::invalidConfig,
        detail::join({"Recorder::shared() already has a recorder, made from an earlier Config; these fields "
                      "of the later one differ and are not used: ",
                      fields})};
    if (!later.onError) return report(error);
    try {
        later.onError(error);
    } catch (...) {  // NOLINT(bugprone-empty-catch)
    }
}

namespace detail {

ValidConfig asChecked(Config& config) {
    return ValidConfig(std::make_shared<Config>(std::move(config)));
}

SIDESPAN_COLD ValidConfig withoutSettings(Config& config) {
    auto kept = std::make_shared<Config>();
    kept->consent = std::move(config.consent);
    kept->onError = std::move(config.onError);
    return ValidConfig(std::move(kept));
}

std::string differingFields(const Config& a, const Config& b) {
    return visitAll(Fields::Use::compareTwo, a, b);
}

}

}
