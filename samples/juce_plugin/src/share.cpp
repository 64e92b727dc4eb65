#include "share.h"

#include <atomic>
#include <system_error>
#include <thread>
#include <utility>

namespace loopshare {

using sidespan::Error;
using sidespan::ErrorCode;
using sidespan::Outcome;

/// A share's thread and its own connection: cancelling it leaves the requests of others alone.
struct Share::Run {
    explicit Run(std::shared_ptr<Session> theSession)
        : session(std::move(theSession)),
          network(session->endpoint(), session->token()),
          capture(session->recorder(), network) {}
    ~Run() {
        cancel();
        if (thread.joinable()) thread.join();
    }

    void cancel() {
        isCancelled = true;
        capture.cancel();
    }

    std::shared_ptr<Session> session;
    Network network;
    AudioCapture capture;
    std::atomic<bool> isCancelled{false};
    std::thread thread;
};

Share::Share(std::function<void()> whenOver) : whenOver_(std::move(whenOver)) {}

Share::~Share() = default;

void Share::start(std::shared_ptr<Session> session, LoopSnapshot loop, AudioCapture::LoopDetails details) {
    if (status().isUnderWay()) return;
    run_ = std::make_unique<Run>(std::move(session));
    change([](Status& status) { status = {.stage = Stage::encoding}; });
    auto& run = *run_;
    try {
        run.thread =
            std::thread([this, &run, loop = std::move(loop), details = std::move(details)]() mutable {
                upload(run, loop, std::move(details));
            });
    } catch (const std::system_error&) {
        finish(Error{ErrorCode::resource, "not shared: there is no thread to share with"});
    }
}

void Share::upload(Run& run, const LoopSnapshot& loop, AudioCapture::LoopDetails details) {
    details.began = [this, &run](const std::string& id) {
        change([&](Status& status) { status.traceId = id; });
        if (run.isCancelled) run.capture.cancel();  // perhaps before there was an upload to give up
    };
    details.progress = [this](double part) { change([&](Status& status) { status.encoded = part; }); };
    details.encoded = [this] { change([](Status& status) { status.stage = Stage::uploading; }); };
    run.capture.uploadLoop(loop, details, [this](const auto& outcome) { finish(outcome); });
}

void Share::finish(const Outcome<UploadReceipt>& outcome) {
    change([&](Status& status) {
        if (outcome) {
            status.stage = Stage::done;
        } else if (outcome.error().code == ErrorCode::cancelled) {
            status.stage = Stage::cancelled;
        } else {
            status.stage = Stage::failed;
            status.error.emplace(outcome.error());
        }
    });
    whenOver_();
}

void Share::cancel() {
    if (run_) run_->cancel();
}

void Share::stop() {
    run_.reset();
}

template <class Change>
void Share::change(Change change) {
    const std::lock_guard lock(mutex_);
    change(status_);
}

Share::Status Share::status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

}
