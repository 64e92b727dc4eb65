#include "explorer.h"

#include <algorithm>
#include <utility>

namespace interleavings {

namespace {

Explorer* current = nullptr;

}

Explorer::Explorer(Options options)
    : options_(std::move(options)),
      memory_([this](std::size_t count) { return choose(count); }),
      outer_(std::exchange(current, this)) {}

Explorer::~Explorer() {
    current = outer_;
}

Explorer& Explorer::running() {
    return *current;
}

// An object that one thread alone touches needs no choice; which those are is learnt on the way, and then all
// begins anew.
Result Explorer::explore(const std::function<std::unique_ptr<Scenario>()>& make) {
    do {
        if (std::exchange(hasLearnt_, false)) {
            choices_.startOver();
            result_ = {};
        }
        memory_.clear();
        execute(*make());
        ++result_.executions;
    } while (result_.violation.empty() && (hasLearnt_ || choices_.advance()));
    result_.sites = sites_;
    return result_;
}

void Explorer::execute(Scenario& scenario) {
    const std::size_t count = scenario.threads();
    for (std::size_t i = 0; i < count; ++i) {
        memory_.start(i + 1);
        fibers_[i].start([&scenario, i] { scenario.run(i); });
    }
    if (!runThreads(count)) return;
    for (std::size_t i = 0; i < count; ++i) memory_.join(i + 1);
    scenario.check();
}

// Sleep sets: a thread whose next access has been explored from here waits until something that meets it has
// been done. False when the execution need not end, since another one is like it.
bool Explorer::runThreads(std::size_t count) {
    ThreadSet sleeps{};
    for (std::size_t i = 0; i < count; ++i) resume(i);
    for (;;) {
        std::array<std::size_t, mostThreads> ready{};
        std::size_t readyCount = 0;
        bool isOver = true;
        for (std::size_t i = 0; i < count; ++i) {
            if (fibers_[i].isOver()) continue;
            isOver = false;
            if (!sleeps[i]) ready[readyCount++] = i;
        }
        if (isOver) return true;
        if (readyCount == 0) return false;
        const std::size_t chosen = choose(readyCount);
        const std::size_t thread = ready[chosen];
        for (std::size_t i = 0; options_.skipsEquivalent && i < chosen; ++i) sleeps[ready[i]] = true;
        for (std::size_t i = 0; i < count; ++i) sleeps[i] = sleeps[i] && !pending_[i].meets(pending_[thread]);
        resume(thread);
        if (!result_.violation.empty()) return false;
    }
}

void Explorer::resume(std::size_t thread) {
    self_ = thread + 1;
    fibers_[thread].resume();
    self_ = 0;
}

void Explorer::meet(Access access) {
    if (self_ == 0) return;
    auto& touched = touched_[access.location];
    const auto isShared = [&] { return std::count(touched.begin(), touched.end(), true) > 1; };
    const bool wasShared = isShared();
    touched[self_] = true;
    if (wasShared != isShared()) hasLearnt_ = true;
    if (!isShared()) return;
    const std::size_t thread = self_ - 1;
    pending_[thread] = access;
    fibers_[thread].stop();
}

std::uint64_t Explorer::load(std::size_t location, std::memory_order order, const Where& where) {
    meet({location, false});
    return memory_.load(self_, location, orderAt(where, order));
}

void Explorer::store(std::size_t location, std::uint64_t value, std::memory_order order, const Where& where) {
    meet({location, true});
    memory_.store(self_, location, value, orderAt(where, order));
}

std::memory_order Explorer::orderAt(const Where& where, std::memory_order order) {
    if (self_ == 0) return order;
    for (const KnownSite& site : known_)
        if (site.line == where.line && site.order == order && site.file == where.file) return site.used;
    Site site{where.file, where.line, where.function, order};
    const auto used = options_.relaxed == site ? std::memory_order_relaxed : order;
    known_.push_back({where.file, where.line, order, used});
    sites_.insert(std::move(site));
    return used;
}

}
