#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "audio_capture.h"
#include "failure.h"
#include "session.h"

namespace loopshare {

/// Shares loops of one instance, one at a time, on a thread that lasts as long as the share.
///
/// To be called on one thread, the message thread; status() on any but the audio thread.
class Share {
public:
    enum class Stage { idle, encoding, uploading, done, failed, cancelled };

    struct Status {
        Stage stage = Stage::idle;
        double encoded = 0;              ///< 0 to 1
        std::string traceId{};           ///< empty when not recorded
        std::optional<Failure> error{};  ///< when it failed

        [[nodiscard]] bool isUnderWay() const noexcept {
            return stage == Stage::encoding || stage == Stage::uploading;
        }
    };

    /// `whenOver` is called when one has ended, however: on a thread of the share's, or within start() where
    /// no thread can be started.
    explicit Share(std::function<void()> whenOver);
    ~Share();

    /// Does nothing while one is under way.
    void start(std::shared_ptr<Session> session, LoopSnapshot loop, AudioCapture::LoopDetails details);
    void cancel();
    /// Gives up what is under way, and the session. Nothing is called back afterwards.
    void stop();
    [[nodiscard]] Status status() const;

private:
    struct Run;

    void upload(Run& run, const LoopSnapshot& loop, AudioCapture::LoopDetails details);
    void finish(const sidespan::Outcome<UploadReceipt>& outcome);
    template <class Change>
    void change(Change change);

    const std::function<void()> whenOver_;
    mutable std::mutex mutex_;
    Status status_;
    std::unique_ptr<Run> run_;
};

}
