#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <sidespan_collector/limits.h>

#include "accounts.h"
#include "answer.h"
#include "audio_store.h"
#include "batch_parser.h"
#include "client_reader.h"
#include "loop_catalog.h"
#include "request.h"
#include "span_store.h"
#include "trace_reader.h"
#include "work_queue.h"

namespace sidespan::collector {

/// Answers whole requests. Writes to the database happen on one thread, reads on another, everything else on
/// the caller's.
class Api {
public:
    /// Opens the database. Throws std::runtime_error.
    Api(const std::filesystem::path& database, const Limits& limits, Accounts& accounts,
        std::function<void(std::string_view)> onError);

    /// Answers now or later, once. [any thread]
    void handle(Request request, Respond respond);

    /// Ends the request's trace, stores its spans when it is recorded, and adds the trace's headers to the
    /// answer.
    void finish(RequestTrace& trace, bool isRecorded, Answer& answer);

private:
    void postSpans(Request request, Respond respond);
    Answer storeSpans(const Request& request, const ParsedBatch& batch);
    void uploadAudio(Request request, Respond respond);
    Answer storeAudio(Request& request, const AudioLoop& loop);
    void finishNow(Request& request, const Respond& respond, Answer answer);
    void read(Request request, Respond respond);
    Answer answerRead(Request& request);
    Answer listTraces(Request& request);
    Answer getTrace(Request& request);
    Answer listLoops(Request& request);
    Answer getLoop(Request& request);
    Answer listClients(Request& request);
    Answer signIn(Request& request);
    Answer refreshToken(Request& request);
    Answer grantAnswer(Request& request, const std::optional<Grant>& grant, std::string_view refusal);
    void report(std::string_view message);

    const Limits& limits_;
    Accounts& accounts_;
    std::function<void(std::string_view)> onError_;
    AudioStore audio_;
    SpanStore store_;
    LoopWriter loops_;
    TraceReader reader_;
    LoopReader loopReader_;
    ClientReader clientReader_;
    WorkQueue reads_;
    WorkQueue writes_;  // last, so that it is emptied first: a read may be waiting behind it
};

}
