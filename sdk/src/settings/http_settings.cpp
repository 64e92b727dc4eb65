#include <sidespan/detail/compiler.h>
#include <sidespan/detail/header_text.h>
#include <sidespan/settings/http_settings.h>

#include "fields.h"

namespace sidespan::inline v0::detail {
namespace {

// The headers that describe or identify one body: a second one would contradict the first.
bool isOfOneRequest(std::string_view name) {
    constexpr std::string_view ofContent = "content-";
    return equalIgnoringCase(name.substr(0, ofContent.size()), ofContent) ||
           equalIgnoringCase(name, "transfer-encoding") || equalIgnoringCase(name, "idempotency-key");
}

SIDESPAN_COLD void isHeader(Fields& fields, std::string_view name, std::string_view value) {
    if (!isToken(name)) {
        fields.fail(quoted(name), "a token (RFC 9110, 5.6.2)");
    } else if (isOfOneRequest(name)) {
        fields.refuse(join({"must not set ", quoted(name),
                            ": the SDK sets Content-*, Transfer-Encoding and Idempotency-Key"}));
    } else if (hasControl(value)) {
        fields.refuse(
            join({"must not have control characters in the value of ", quoted(name), " (RFC 9110, 5.5)"}));
    }
}

// A proxy's URL must contain its port: HTTP libraries have different defaults.
void isProxy(Fields& fields, std::string_view address) {
    constexpr std::string_view example = "http://proxy.example.com:3128";
    isUrl(fields, address, example, true);
    if (address.empty()) return;
    const auto authority = address.substr(0, address.find('/', address.find("//") + 2));
    const auto colon = authority.find_last_not_of("0123456789");
    if (colon + 1 == authority.size() || authority[colon] != ':')
        fields.fail(shownUrl(address), join({"a URL with a port, such as ", quoted(example)}));
}

void isSpansPath(Fields& fields, std::string_view path) {
    if (path.empty()) return;
    const bool isPrintable = !hasControl(path) && path.find_first_of(" #") == path.npos;
    if (!path.starts_with('/') || !isPrintable)
        fields.fail(quoted(path.substr(0, path.find('?'))),
                    "a path that begins with '/' and contains no blank and no '#'");
}

}

SIDESPAN_COLD void visit(Fields& fields, const HttpSettings& a, const HttpSettings& b) {
    using namespace std::chrono_literals;
    if (fields.field("http.headers", a.headers == b.headers)) {
        for (const auto& [name, value] : a.headers) isHeader(fields, name, value);
    }
    if (fields.field("http.spansPath", a.spansPath, b.spansPath)) isSpansPath(fields, a.spansPath);
    fields.range("http.connectTimeout", a.connectTimeout, b.connectTimeout, 1ms, 10min);
    fields.range("http.requestTimeout", a.requestTimeout, b.requestTimeout, 1ms, 1h);
    fields.path("http.caFile", a.caFile, b.caFile);
    if (fields.field("http.proxy", a.proxy, b.proxy)) isProxy(fields, a.proxy);
    fields.anyValue("http.maxBytesPerDay", a.maxBytesPerDay == b.maxBytesPerDay);
}

}
