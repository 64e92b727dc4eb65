#pragma once

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/consent_epoch.h>
#include <sidespan/network/network_client.h>

#include <sidespan/network/detail/backoff.h>
#include "callbacks.h"
#include "posts.h"

namespace sidespan::inline v0::detail {

/// A request from post() or get() until its callback has been called.
struct Post {
    std::string_view method;  // a literal
    std::string path;
    std::string body;
    std::vector<HttpHeader> headers;
    NetworkClient::Callback callback;
    ConsentEpoch consentEpoch;
    Backoff backoff;
};

/// The unfinished posts of a NetworkClient, each with its own backoff. `add`, `cancel` and `waitUntilEmpty`
/// come from any thread. What the worker calls also works when there is no memory.
class PostQueue final : public Posts {
public:
    /// All must outlive it.
    PostQueue(const ValidConfig& config, const DeliveryClock& clock, Callbacks& callbacks);

    /// Returns why the post was not taken, if so.
    [[nodiscard]] std::optional<Error> add(Post post);
    /// Fails everything that waits, and what is under way once it has been interrupted.
    void cancel(const Error& error) override;
    [[nodiscard]] bool waitUntilEmpty(Deadline deadline, std::size_t but) override;

    [[nodiscard]] std::optional<OutgoingRequest> next(DeliveryClock::Time now,
                                                      DeliveryClock::Time& askAgain) noexcept override;
    void finish(DeliveryResult result) noexcept override;
    void abandon() override;

private:
    [[nodiscard]] bool retries(Post& post, const DeliveryResult& result) const noexcept;
    using Posts = std::list<Post>;  // moved without allocating
    using Result = Outcome<HttpResponse>;
    void complete(const Posts& posts, const Result& result);
    enum class Which : std::uint8_t { all, withdrawn };
    void fail(Which which, const Result& result);

    const ValidConfig& config_;
    const DeliveryClock& clock_;
    Callbacks& callbacks_;
    // Made in advance: there may be no memory when they are needed.
    const Result withdrawn_ = Error{ErrorCode::noConsent, "not sent: consent was withdrawn"};
    const Result shutDown_ = Error{ErrorCode::cancelled, "given up: the client was shut down"};

    std::mutex mutex_;
    std::condition_variable emptied_;
    Posts waiting_;
    Posts underWay_;                  // one at most
    std::optional<Error> cancelled_;  // cancel() came while one was under way
    std::size_t unfinished_ = 0;      // callbacks not yet called or handed to the executor
    bool isClosed_ = false;
};

}
