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

    // In the file of post() and get(), without which none of it is linked.

    /// Makes them with the first request.
    [[nodiscard]] detail::PostQueue& makePosts();
    /// What is wrong with a post before anything is done about it.
    [[nodiscard]] std::optional<Error> refuse(const std::string& path, const Headers& headers) const;
    /// Why the request was not taken, if that is so.
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
