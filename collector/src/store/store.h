#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ingest/client_report.h"
#include "store/removed.h"
#include "store/rollup/rollup_query.h"
#include "store/span_row.h"
#include "store/stored_client.h"
#include "store/stored_trace.h"
#include "store/trace_query.h"

namespace sidespan::collector {

/// The database does not answer or cannot store anything now. Nothing was stored; the same call may succeed
/// later.
class StoreUnavailable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The clock that dates arriving spans; empty: the system clock.
using StoreClock = std::function<std::chrono::system_clock::time_point()>;

/// Stores spans. Implemented with SQLite (`sqlite/`) and PostgreSQL (`postgres/`). One thread may write, a
/// second one read and a third one delete, each making one call at a time; none waits long for another. Every
/// call blocks on the database. It throws StoreUnavailable, or another std::exception if stored data is
/// damaged.
class Store {
public:
    /// Who sent a batch.
    struct Submitter {
        std::string userId;  ///< may be empty
        ClientReport client;
    };
    /// A batch.
    struct Submission {
        std::span<const SpanRow> rows;
        Submitter submitter;
    };
    /// What became of a batch.
    struct Written {
        std::size_t accepted = 0;
        std::size_t duplicate = 0;  ///< already stored, by trace id and span id; left as they were
        /// Spans that the client lost since its last report, by reason.
        std::vector<std::pair<std::string, std::int64_t>> lost{};
    };
    /// What became of batches that were written together, in their order.
    struct WrittenTogether {
        std::vector<Written> batches;
        /// How they changed the time of all traces, as in rollups; parts may be negative.
        TraceTimes times{};
    };
    /// Receives the new rows of batches, before they are committed.
    using TakeNew = std::function<void(const std::vector<const SpanRow*>&)>;

    virtual ~Store() = default;

    /// Writes all batches in one transaction, or stores no span and throws (also what `takeNew` throws). No
    /// two may have spans of one trace (PostgreSQL's store then throws std::logic_error), or come from one
    /// instance of a client. A span that is already stored, even by another collector on the
    /// same database, is not stored again. [write thread]
    virtual WrittenTogether writeTogether(std::span<const Submission> batches, const TakeNew& takeNew) = 0;
    WrittenTogether writeTogether(std::span<const Submission> batches) { return writeTogether(batches, {}); }
    /// The same for one.
    Written write(std::span<const SpanRow> rows, const Submitter& submitter, const TakeNew& takeNew) {
        const Submission batch{rows, submitter};
        return std::move(writeTogether({&batch, 1}, takeNew).batches.front());
    }
    Written write(const std::vector<SpanRow>& rows, const Submitter& submitter) {
        return write(rows, submitter, {});
    }
    Written write(const std::vector<SpanRow>& rows) { return write(rows, {}, {}); }

    /// The newest first; only what was found within `timeLimit`. [read thread]
    [[nodiscard]] virtual TraceList list(const TraceQuery& query, std::chrono::milliseconds timeLimit) = 0;
    /// One trace, by the UUID form of its id. Stops behind the span with which attributes, events, links and
    /// resources have `byteLimit` bytes. [read thread]
    [[nodiscard]] virtual StoredTrace load(const std::string& traceUuid, std::size_t spanLimit,
                                           std::size_t byteLimit) = 0;
    /// The owner of a trace, by the UUID form of its id: the first user who sent a span of it. Empty if there
    /// is no such trace, if nobody was signed in, or if its root was sent before that without a user. [read
    /// thread]
    [[nodiscard]] virtual std::string ownerOf(const std::string& traceUuid) = 0;
    /// The last seen first: those of a user, or all for an empty `owner`. [read thread]
    [[nodiscard]] virtual std::vector<StoredClient> clients(std::size_t limit, const std::string& owner) = 0;
    [[nodiscard]] std::vector<StoredClient> clients(std::size_t limit) { return clients(limit, {}); }

    /// Sums of what was stored, in the order of their keys. Throws std::invalid_argument if the query asks
    /// for more than is allowed. [read thread]
    [[nodiscard]] virtual std::vector<RollupRow> rollups(const RollupQuery& query) = 0;
    /// Asked between the steps of a long work, which ends early when this says no.
    using GoesOn = std::function<bool()>;
    /// Deletes what exceeds the limits, in steps that hold up neither writing nor reading. Does nothing while
    /// another collector on the same database does this. [maintenance thread]
    virtual Removed applyRetention(const Retention& retention, const GoesOn& goesOn) = 0;
    /// Deletes every trace with a span of that user, and what is stored of the user's clients. [maintenance
    /// thread]
    virtual Removed eraseUser(const std::string& userId) = 0;
    /// The same for what the clients of one installation sent. [maintenance thread]
    virtual Removed eraseInstallation(const std::string& installation) = 0;

    /// Why nothing can be stored or read now; empty when it can. Blocks for a second at most. [any thread]
    [[nodiscard]] virtual std::string trouble() = 0;
    /// A description for people: the file, or the server and the database, without a password.
    [[nodiscard]] virtual std::string description() const = 0;
};

}
