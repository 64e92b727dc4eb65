#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include <sidespan/network/network_client.h>

#include "callbacks.h"
#include "http_worker.h"
#include "posts.h"

namespace sidespan::inline v0 {

namespace detail {
class PostQueue;
}

struct NetworkClient::Impl {
    Impl(ValidConfig valid, std::optional<Error> problem, Parts parts);

    /// Null before the first request. [any thread]
    [[nodiscard]] detail::Posts* posts() {
        const std::lock_guard lock(postsMutex);
        return madePosts.get();
    }

    // Defined in the file of post() and get(): a program that calls neither does not link these.

    /// Makes the queue with the first request.
    [[nodiscard]] detail::PostQueue& makePosts();
    /// Why the request cannot be sent, if that is so.
    [[nodiscard]] std::optional<Error> refuse(const std::string& path, const Headers& headers) const;
    /// Queues the request. Returns why that failed, if it did.
    [[nodiscard]] std::optional<Error> enqueue(std::string_view method, std::string path, std::string body,
                                               const Headers& headers, const Callback& callback);

    const ValidConfig config;
    std::optional<Error> invalid;
    const std::shared_ptr<DeliveryClock> clock;
    detail::Callbacks callbacks;
    std::mutex postsMutex;
    std::unique_ptr<detail::Posts> madePosts;  // a PostQueue
    detail::HttpWorker worker;                 // last: it asks the posts
};

}
