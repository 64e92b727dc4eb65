#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <loop_service/loop_limits.h>
#include <sidespan/sidespan.h>
#include <sidespan_http_server/http_server.h>
#include <sidespan_http_server/work_queue.h>

#include "accounts.h"
#include "audio_store.h"
#include "loop_catalog.h"
#include "sign_in_limiter.h"

namespace loop_service {

using sidespan::http_server::Respond;
using sidespan::http_server::ServerRequest;
using sidespan::http_server::ServerResponse;

/// Answers Loop Share's requests. One thread writes to the database, another one reads from it.
class LoopApi {
public:
    /// Opens the database. `recorder` may be null; then nothing is recorded. Throws std::runtime_error.
    LoopApi(const std::filesystem::path& database, const LoopLimits& limits, Accounts accounts,
            sidespan::DefaultRecorder* recorder, std::function<void(std::string_view)> onError);

    /// What a server needs to serve this API. It refers to this object.
    [[nodiscard]] sidespan::http_server::Application application();

private:
    using Handler = ServerResponse (LoopApi::*)(ServerRequest&);

    [[nodiscard]] std::vector<sidespan::http_server::Route> routes();
    [[nodiscard]] sidespan::http_server::RouteHandler answeredOn(sidespan::http_server::WorkQueue& queue,
                                                                 Handler handler);
    ServerResponse answerSafely(Handler handler, ServerRequest& request);
    ServerResponse uploadAudio(ServerRequest& request);
    ServerResponse storeAudio(ServerRequest& request, const AudioLoop& loop);
    ServerResponse listLoops(ServerRequest& request);
    ServerResponse getLoop(ServerRequest& request);
    ServerResponse signIn(ServerRequest& request);
    ServerResponse refreshToken(ServerRequest& request);
    void report(std::string_view message);

    const LoopLimits& limits_;
    Accounts accounts_;
    SignInLimiter signIns_;
    sidespan::DefaultRecorder* recorder_;
    std::function<void(std::string_view)> onError_;
    AudioStore audio_;
    LoopWriter writer_;
    LoopReader reader_;
    sidespan::http_server::WorkQueue reads_;
    sidespan::http_server::WorkQueue writes_;
};

}
