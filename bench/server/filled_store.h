#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "made_spans.h"
#include "store/open_store.h"

namespace sidespan::bench {

/// A store of thirty days up to now, by its own clock, that is filled batch by batch.
class FilledStore {
public:
    using Batch = std::vector<collector::SpanRow>;
    static constexpr std::int64_t days = 30;

    /// `most` spans fill all the days.
    FilledStore(const std::string& address, std::size_t most);

    [[nodiscard]] collector::Store& store() noexcept { return *store_; }
    /// The next batches; the clock moves on.
    [[nodiscard]] std::vector<Batch> next(std::size_t count);
    void write(const std::vector<Batch>& batches);
    [[nodiscard]] std::size_t spans() const noexcept { return batches_ * MadeSpans::perBatch; }
    [[nodiscard]] bool isFull() const noexcept { return spans() >= most_; }
    /// Fills what is left.
    void fill();

private:
    [[nodiscard]] std::chrono::system_clock::time_point now() const;

    std::size_t most_;
    std::chrono::system_clock::time_point begin_;
    std::size_t batches_ = 0;
    MadeSpans made_;
    std::unique_ptr<collector::Store> store_;
};

/// Gives the plans of the statements that it ran.
using PlansOf = std::function<std::vector<std::string>(const std::function<void()>&)>;

/// Prints how long a trace, the newest fifty, what the fleet page asks for and an attribute take, each with
/// its plans.
void measureQueries(FilledStore& filled, const PlansOf& plansOf);

/// Prints how long writing takes while the three oldest days are deleted.
void measureRetention(FilledStore& filled);

}
