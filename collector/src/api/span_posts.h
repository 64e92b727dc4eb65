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

/// A request whose spans were read, until it is answered.
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

    /// False when `limit` posts are waiting: the post is not taken.
    [[nodiscard]] bool tryAdd(const SpanPostPtr& post);
    /// Whether the caller is to have them stored, group by group: posts wait, and nobody does.
    [[nodiscard]] bool startStoring();
    /// The oldest with those behind it that Store::writeTogether() takes along, up to 64 of 1 MiB together.
    [[nodiscard]] std::vector<SpanPostPtr> takeTogether();
    /// The group was stored, or refused: whether there is another one. If not, storing ends.
    [[nodiscard]] bool hasMore();
    /// Ends storing, and lets go of the posts that wait: none of them waits for one that may never come.
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
