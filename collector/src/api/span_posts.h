#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include <sidespan_http_server/server_request.h>

#include "ingest/batch_parser.h"
#include "ingest/client_report.h"

namespace sidespan::collector {

/// A request whose spans were read and which is not answered yet.
struct SpanPost {
    http_server::ServerRequest request;
    ParsedBatch batch;
    ClientReport client;
    http_server::Respond respond;
};
using SpanPostPtr = std::shared_ptr<SpanPost>;

/// Posts that wait to be stored, oldest first. Many small ones take about as long as one when they are stored
/// together. [any thread]
class SpanPosts {
public:
    explicit SpanPosts(std::size_t limit) : limit_(limit) {}

    /// False if `limit` posts are waiting: the post is not accepted.
    [[nodiscard]] bool tryAdd(const SpanPostPtr& post);
    /// Whether the caller must start storing them, group by group: posts wait, and nobody stores them.
    [[nodiscard]] bool startStoring();
    /// The oldest post, with the following ones that Store::writeTogether() can write with it: up to 64, and
    /// 1 MiB together.
    [[nodiscard]] std::vector<SpanPostPtr> takeTogether();
    /// The group was stored or refused. Returns whether there is another one. If not, storing ends.
    [[nodiscard]] bool hasMore();
    /// Ends storing, and drops the waiting posts: otherwise they would wait for storing that may never begin.
    void drop() noexcept;
    /// How many are not stored yet.
    [[nodiscard]] std::size_t size() const;

private:
    const std::size_t limit_;
    mutable std::mutex mutex_;
    std::deque<SpanPostPtr> posts_;
    std::size_t taken_ = 0;
    bool isStoring_ = false;
};

}
