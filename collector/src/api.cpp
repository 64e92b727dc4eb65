#include "api.h"

#include <exception>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "page.h"
#include "trace_json.h"

namespace sidespan::collector {

namespace {

using boost::beast::http::status;

constexpr std::size_t queuedReads = 64;

std::filesystem::path audioDirectory(std::filesystem::path database) {
    return database += ".audio";
}

Answer healthAnswer() {
    Answer answer;
    answer.body = R"({"status":"ok"})";
    return answer;
}

}

Api::Api(const std::filesystem::path& database, const Limits& limits, Accounts& accounts,
         std::function<void(std::string_view)> onError)
    : limits_(limits),
      accounts_(accounts),
      onError_(std::move(onError)),
      audio_(audioDirectory(database)),
      store_(database),
      loops_(database),
      reader_(database),
      loopReader_(database),
      clientReader_(database),
      reads_(queuedReads),
      writes_(limits.queuedWrites) {}

void Api::handle(Request request, Respond respond) {
    switch (request.plan.endpoint) {
        case Endpoint::page:
            return finishNow(request, respond, pageAnswer());
        case Endpoint::health:
            return finishNow(request, respond, healthAnswer());
        case Endpoint::postSpans:
            return postSpans(std::move(request), std::move(respond));
        case Endpoint::uploadAudio:
            return uploadAudio(std::move(request), std::move(respond));
        case Endpoint::listTraces:
        case Endpoint::getTrace:
        case Endpoint::listLoops:
        case Endpoint::getLoop:
        case Endpoint::listClients:
        case Endpoint::signIn:
        case Endpoint::refreshToken:
            return read(std::move(request), std::move(respond));
    }
}

void Api::finishNow(Request& request, const Respond& respond, Answer answer) {
    finish(request.trace, request.plan.isRecorded, answer);
    respond(std::move(answer));
}

void Api::finish(RequestTrace& trace, bool isRecorded, Answer& answer) {
    answer.headers.emplace_back("X-Trace-ID", trace.traceId());
    answer.headers.emplace_back("X-Span-ID", trace.spanId());
    answer.headers.emplace_back("X-Server-Time", fmt::format("{:.3f}", trace.elapsedMs()));
    if (!isRecorded) return;
    auto rows = std::make_shared<std::vector<SpanRow>>(trace.finish(static_cast<unsigned>(answer.status)));
    bool taken = writes_.tryPost([this, rows, userId = trace.user()] {
        try {
            store_.write(*rows, {userId, {}});
        } catch (const std::exception& error) {
            report(fmt::format("server spans were not stored: {}", error.what()));
        }
    });
    if (!taken) report("server spans were not stored: the database is behind");
}

/// Reads run behind the writes that were there before them, so that a client finds what it was told is
/// stored, and beside those that come later.
void Api::read(Request request, Respond respond) {
    auto shared = std::make_shared<Request>(std::move(request));
    auto run = [this, shared, respond] { finishNow(*shared, respond, answerRead(*shared)); };
    auto enqueue = [this, shared, respond, run] {
        if (!reads_.tryPost(run)) finishNow(*shared, respond, busyAnswer("too many reads are waiting"));
    };
    if (!writes_.tryPost(enqueue)) enqueue();
}

Answer Api::answerRead(Request& request) try {
    switch (request.plan.endpoint) {
        case Endpoint::listTraces:
            return listTraces(request);
        case Endpoint::getTrace:
            return getTrace(request);
        case Endpoint::listLoops:
            return listLoops(request);
        case Endpoint::getLoop:
            return getLoop(request);
        case Endpoint::listClients:
            return listClients(request);
        case Endpoint::signIn:
            return signIn(request);
        default:
            return refreshToken(request);
    }
} catch (const std::invalid_argument& error) {
    return errorAnswer(status::bad_request, error.what());
} catch (const std::exception& error) {
    report(error.what());
    return errorAnswer(status::internal_server_error, "what is stored could not be read");
}

Answer Api::listTraces(Request& request) {
    auto query = parseTraceQuery(request.plan.query);
    auto step = request.trace.step("db.query");
    auto list = reader_.list(query, limits_.searchTimeout);
    step.set("db.traces", list.traces.size());
    step.end();
    auto encode = request.trace.step("json.encode");
    Answer answer;
    answer.body = toJson(list);
    return answer;
}

Answer Api::getTrace(Request& request) {
    auto id = TraceId::parse(request.plan.parameter);
    if (!id) return errorAnswer(status::bad_request, "a trace id is a UUID or 32 hex digits, not all zero");
    auto step = request.trace.step("db.query");
    auto trace = reader_.load(id->toUuid(), limits_.spansPerTrace);
    step.set("db.spans", trace.spans.size());
    step.end();
    if (trace.spans.empty()) return errorAnswer(status::not_found, "no span of this trace is stored");
    auto encode = request.trace.step("json.encode");
    Answer answer;
    answer.body = toJson(trace);
    return answer;
}

void Api::report(std::string_view message) {
    if (onError_) onError_(message);
}

}
