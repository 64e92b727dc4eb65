#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>

#include <sidespan/consent.h>
#include <sidespan/deadline.h>
#include <sidespan/detail/platform.h>
#include <sidespan/http_transport/cancellation.h>
#include <sidespan/network/detail/request_source.h>

#include "sender.h"

namespace sidespan::inline v0::detail {

/// The thread that sends: asks its sources in turn for the next request, has the Sender try it, and gives the
/// source the result. When to try again is up to the source.
class HttpWorker final : public RequestRunner {
public:
    HttpWorker(const ValidConfig& config, std::shared_ptr<DeliveryClock> clock,
               std::unique_ptr<HttpTransport> transport);
    ~HttpWorker() override;

    void attach(RequestSource& source) override;
    void prepare() noexcept override;
    bool wake() override;
    void interrupt() noexcept override;
    [[nodiscard]] std::uint64_t tokenGeneration() const override {
        return sender_.credentials().generation();
    }
    [[nodiscard]] DeliveryClock& clock() override { return sender_.clock(); }

    [[nodiscard]] bool isInherited() const noexcept override { return process_ != platform::processId(); }

    [[nodiscard]] bool isOwnThread() const noexcept override {
        return threadKey_.load(std::memory_order_relaxed) == platform::threadKey();
    }

    void setToken(std::string token);

    /// Interrupts the request that is being sent, has every source abandon the rest, and joins the thread. On
    /// that thread itself it does all but join.
    void stop();

private:
    void prepareLocked() noexcept;
    [[nodiscard]] Outcome<> start();
    void run() noexcept;
    [[nodiscard]] bool serve(DeliveryClock::Time& askAgain) noexcept;
    [[nodiscard]] std::optional<OutgoingRequest> ask(RequestSource& source,
                                                     DeliveryClock::Time& askAgain) noexcept;
    [[nodiscard]] DeliveryResult attempt(const OutgoingRequest& request) noexcept;
    [[nodiscard]] DeliveryResult deliver(const OutgoingRequest& request) noexcept;
    void abandon();

    const ValidConfig& config_;
    Sender sender_;
    std::uint64_t process_ = platform::processId();
    Cancellation cancellation_;

    std::mutex mutex_;
    std::condition_variable woken_;
    std::condition_variable rested_;
    std::list<RequestSource*> sources_;
    std::uint64_t calls_ = 0;     // times the thread was woken
    std::uint64_t attempts_ = 0;  // odd while one is under way
    bool isPrepared_ = false;
    bool isStopping_ = false;
    bool isAbandoned_ = false;
    std::atomic<std::uint64_t> threadKey_{0};  // while it runs
    platform::Thread thread_;
    std::mutex joining_;

    Consent::Subscription consent_;  // last: its observer uses all of the above
};

}
