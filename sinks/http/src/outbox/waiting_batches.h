#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
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

    /// Moves from `batch`, unless it throws std::bad_alloc.
    Batch& add(std::unique_ptr<Batch>& batch) {
        if (batch->arrival == 0) batch->arrival = ++arrivals_;
        const auto age = ageOf(*batch);
        const auto sending = bySending_.emplace(batch->attempts, age).first;
        try {
            return *byAge_.emplace(age, std::move(batch)).first->second;
        } catch (...) {
            bySending_.erase(sending);
            throw;
        }
    }
    [[nodiscard]] std::unique_ptr<Batch> remove(const Batch& batch) {
        const auto age = ageOf(batch);
        bySending_.erase({batch.attempts, age});
        const auto at = byAge_.find(age);
        auto removed = std::move(at->second);
        byAge_.erase(at);
        return removed;
    }

    /// Each is null if there is none.
    [[nodiscard]] Batch* oldest() const { return at(byAge_.begin()); }
    [[nodiscard]] Batch* oldestOfThisRun() const {
        return at(byAge_.lower_bound(Age{1, DeliveryClock::Time::min(), 0}));
    }
    [[nodiscard]] Batch* nextToSend() const {
        return bySending_.empty() ? nullptr : at(byAge_.find(bySending_.begin()->second));
    }

    /// Calls `visit` with each batch, oldest first. `visit` may remove that batch.
    template <class Visit>
    void forEach(Visit visit) {
        for (auto next = byAge_.begin(); next != byAge_.end();) visit(*(next++)->second);
    }

private:
    using Age = std::tuple<std::uint64_t, DeliveryClock::Time, std::uint64_t>;
    using ByAge = std::map<Age, std::unique_ptr<Batch>, Before>;

    [[nodiscard]] static Age ageOf(const Batch& batch) {
        return {batch.sequence, batch.begun, batch.arrival};
    }
    [[nodiscard]] Batch* at(typename ByAge::const_iterator place) const {
        return place == byAge_.end() ? nullptr : place->second.get();
    }

    ByAge byAge_;
    std::set<std::pair<std::uint32_t, Age>, Before> bySending_;
    std::uint64_t arrivals_ = 0;
};

}
