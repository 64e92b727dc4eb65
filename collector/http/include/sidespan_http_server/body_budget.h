#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace sidespan::http_server {

/// How many bytes all requests together may hold. [any thread] Outlives what is reserved from it.
class BodyBudget {
public:
    explicit BodyBudget(std::size_t limit) noexcept : limit_(limit) {}

    /// Part of the budget, given back at its end.
    class Reservation {
    public:
        Reservation() noexcept = default;
        explicit Reservation(BodyBudget& budget) noexcept : budget_(&budget) {}
        Reservation(Reservation&& other) noexcept
            : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
        Reservation& operator=(Reservation&& other) noexcept {
            std::swap(budget_, other.budget_);
            std::swap(bytes_, other.bytes_);
            return *this;
        }
        ~Reservation() {
            if (budget_ != nullptr) budget_->used_.fetch_sub(bytes_, std::memory_order_relaxed);
        }

        /// False, and nothing more is reserved, when the budget does not hold that many.
        [[nodiscard]] bool grow(std::size_t bytes) noexcept {
            auto before = budget_->used_.fetch_add(bytes, std::memory_order_relaxed);
            if (before + bytes > budget_->limit_) {
                budget_->used_.fetch_sub(bytes, std::memory_order_relaxed);
                return false;
            }
            bytes_ += bytes;
            return true;
        }

        [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

    private:
        BodyBudget* budget_ = nullptr;
        std::size_t bytes_ = 0;
    };

    [[nodiscard]] Reservation reserve() noexcept { return Reservation(*this); }

private:
    std::size_t limit_;
    std::atomic<std::size_t> used_{0};
};

}
