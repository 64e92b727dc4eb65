#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

#include "batch/batch.h"

namespace sidespan::inline v0::detail {

/// Waiting batches in two orders: by age, with those of earlier runs first, and in the order of sending, in
/// which those with the fewest failed attempts come first. Each operation takes logarithmic time. The fields
/// that order a batch must not change while it is here. `Before` compares keys.
template <class Before = std::less<>>
class WaitingBatches {
public:
    [[nodiscard]] bool isEmpty() const noexcept { return byAge_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return byAge_.size(); }

    WaitingBatches() = default;
    ~WaitingBatches() {
        for (const auto& [key, batch] : byAge_) delete batch;
    }
    WaitingBatches(const WaitingBatches&) = delete;
    WaitingBatches& operator=(const WaitingBatches&) = delete;

    /// Moves from `batch`, unless it throws std::bad_alloc.
    Batch& add(std::unique_ptr<Batch>& batch) {
        if (batch->arrival == 0) batch->arrival = ++arrivals_;
        const auto sending = bySending_.emplace(keyOf(batch->attempts, *batch), batch.get()).first;
        try {
            byAge_.emplace(keyOf(0, *batch), batch.get());
        } catch (...) {
            bySending_.erase(sending);
            throw;
        }
        return *batch.release();
    }
    [[nodiscard]] std::unique_ptr<Batch> remove(const Batch& batch) {
        bySending_.erase(bySending_.find(keyOf(batch.attempts, batch)));
        const auto at = byAge_.find(keyOf(0, batch));
        std::unique_ptr<Batch> removed(at->second);
        byAge_.erase(at);
        return removed;
    }

    /// Each is null if there is none.
    [[nodiscard]] Batch* oldest() const { return at(byAge_, byAge_.begin()); }
    [[nodiscard]] Batch* oldestOfThisRun() const {
        return at(byAge_, byAge_.lower_bound({0, 1, DeliveryClock::Time::min(), 0}));
    }
    [[nodiscard]] Batch* nextToSend() const { return at(bySending_, bySending_.begin()); }

    /// Calls `visit` with each batch, oldest first. `visit` may remove that batch.
    template <class Visit>
    void forEach(Visit visit) {
        for (auto next = byAge_.begin(); next != byAge_.end();) visit(*(next++)->second);
    }

private:
    // Both orders are of one type, so that a plugin has the code of one map.
    using Key = std::tuple<std::uint32_t, std::uint64_t, DeliveryClock::Time, std::uint64_t>;
    using Order = std::map<Key, Batch*, Before>;

    [[nodiscard]] static Key keyOf(std::uint32_t attempts, const Batch& batch) {
        return {attempts, batch.sequence, batch.begun, batch.arrival};
    }
    [[nodiscard]] static Batch* at(const Order& order, typename Order::const_iterator place) {
        return place == order.end() ? nullptr : place->second;
    }

    Order byAge_;      // without the attempts; owns the batches
    Order bySending_;  // with the fewest attempts first
    std::uint64_t arrivals_ = 0;
};

}
