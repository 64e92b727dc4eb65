#include <functional>
#include <string>
#include <string_view>

#include <sidespan/config.h>

namespace sidespan::inline v0::detail {
namespace {

// Two configurations, field by field.
class Comparison {
public:
    template <class T>
    void field(std::string_view name, const T& a, const T& b) {
        if (!isSame(a, b)) add(name);
    }

    std::string names;

private:
    template <class T>
    static bool isSame(const T& a, const T& b) {
        return a == b;
    }
    template <class F>
    static bool isSame(const std::function<F>& a, const std::function<F>& b) {
        return static_cast<bool>(a) == static_cast<bool>(b);
    }

    void add(std::string_view name) {
        if (!names.empty()) names += ", ";
        names += name;
    }
};

void compareRecording(Comparison& out, const Config& a, const Config& b) {
    out.field("service.name", a.service.name, b.service.name);
    out.field("service.version", a.service.version, b.service.version);
    out.field("clientType", a.clientType, b.clientType);
    out.field("onError", a.onError, b.onError);
    out.field("scrub", a.scrub, b.scrub);
    out.field("queue.capacityBytes", a.queue.capacityBytes, b.queue.capacityBytes);
    out.field("queue.drainInterval", a.queue.drainInterval, b.queue.drainInterval);
    out.field("shutdownTimeout", a.shutdownTimeout, b.shutdownTimeout);
}

void compareRequests(Comparison& out, const Config& a, const Config& b) {
    out.field("endpoint", a.endpoint, b.endpoint);
    out.field("token", a.token, b.token);
    out.field("tokenProvider", a.tokenProvider, b.tokenProvider);
    out.field("http.headers", a.http.headers, b.http.headers);
    out.field("http.connectTimeout", a.http.connectTimeout, b.http.connectTimeout);
    out.field("http.requestTimeout", a.http.requestTimeout, b.http.requestTimeout);
    out.field("http.caFile", a.http.caFile, b.http.caFile);
    out.field("http.proxy", a.http.proxy, b.http.proxy);
    out.field("http.maxBytesPerDay", a.http.maxBytesPerDay, b.http.maxBytesPerDay);
    out.field("retry.maxAttempts", a.retry.maxAttempts, b.retry.maxAttempts);
    out.field("retry.initialBackoff", a.retry.initialBackoff, b.retry.initialBackoff);
    out.field("retry.maxBackoff", a.retry.maxBackoff, b.retry.maxBackoff);
}

void compareStorage(Comparison& out, const Config& a, const Config& b) {
    out.field("batch.maxSpans", a.batch.maxSpans, b.batch.maxSpans);
    out.field("batch.maxBytes", a.batch.maxBytes, b.batch.maxBytes);
    out.field("batch.maxAge", a.batch.maxAge, b.batch.maxAge);
    out.field("batch.gzip", a.batch.gzip, b.batch.gzip);
    out.field("outbox.directory", a.outbox.directory, b.outbox.directory);
    out.field("outbox.maxBytes", a.outbox.maxBytes, b.outbox.maxBytes);
    out.field("outbox.maxAge", a.outbox.maxAge, b.outbox.maxAge);
    out.field("file.path", a.file.path, b.file.path);
    out.field("file.maxBytes", a.file.maxBytes, b.file.maxBytes);
    out.field("file.maxFiles", a.file.maxFiles, b.file.maxFiles);
}

}

std::string differingFields(const Config& a, const Config& b) {
    Comparison out;
    compareRecording(out, a, b);
    compareRequests(out, a, b);
    compareStorage(out, a, b);
    return std::move(out.names);
}

}
