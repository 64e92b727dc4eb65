#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include <sidespan/consent_epoch.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/platform.h>

namespace sidespan::inline v0::detail {

/// Whether recording threads and lanes may record, and under which consent. Closed until recording has
/// started, while consent is not granted, after shutdown, and in a forked child. Opened and closed by the
/// recorder's lifecycle, read by everybody.
class ConsentGate {
public:
    explicit ConsentGate(bool asksEachRoot) noexcept : asksEachRoot_(asksEachRoot) {}

    /// The number of the consent that is open, 0 while closed. A forked child reads 0.
    using Cell = std::atomic<std::uint32_t>;

    /// The consent to record under; not valid while closed. [any thread] Wait-free.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE ConsentEpoch epoch() const noexcept {
        const Cell* const cell = this->cell();
        return cell == nullptr ? ConsentEpoch() : ConsentEpoch(cell->load(std::memory_order_relaxed));
    }
    /// What to read for the epoch from now on; null until recording has started.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE const Cell* cell() const noexcept {
        return opened_.load(std::memory_order_acquire);
    }
    [[nodiscard]] bool isStarted() const noexcept { return cell() != nullptr; }

    /// The cell to read before a root begins. If the sampler is asked for each root, it is a cell that never
    /// holds an epoch; so recording costs no more when the sampler is not asked.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE const Cell* rootCell() const noexcept {
        return rootOpened_.load(std::memory_order_acquire);
    }
    [[nodiscard]] bool asksEachRoot() const noexcept { return asksEachRoot_; }

    /// Whether the next span is to start recording: consent is granted, and nothing has started yet.
    [[nodiscard]] bool isArmed() const noexcept { return isArmed_.load(std::memory_order_relaxed); }
    void arm(bool isOn) noexcept { isArmed_.store(isOn, std::memory_order_relaxed); }

    /// Allocates, and stays closed. Throws std::bad_alloc.
    void prepare() { forkCell_.emplace(); }
    /// Everything that was written before is visible to whoever finds the gate open. After prepare().
    void open(ConsentEpoch epoch) noexcept {
        forkCell_->value().store(epoch.number(), std::memory_order_relaxed);
        opened_.store(&forkCell_->value(), std::memory_order_release);
        rootOpened_.store(asksEachRoot_ ? &closed_ : &forkCell_->value(), std::memory_order_release);
    }
    void close() noexcept { forkCell_->value().store(0, std::memory_order_relaxed); }

private:
    std::atomic<const Cell*> opened_{nullptr};
    std::atomic<const Cell*> rootOpened_{nullptr};
    std::atomic<bool> isArmed_{false};
    const bool asksEachRoot_;
    const Cell closed_{0};
    std::optional<platform::ForkCell> forkCell_;
};

}
