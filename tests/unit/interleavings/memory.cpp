#include "memory.h"

#include <algorithm>
#include <stdexcept>

namespace interleavings {

namespace {

bool acquires(std::memory_order order) {
    return order == std::memory_order_acquire || order == std::memory_order_acq_rel;
}

bool releases(std::memory_order order) {
    return order == std::memory_order_release || order == std::memory_order_acq_rel;
}

void checkOrder(std::memory_order order) {
    if (order == std::memory_order_seq_cst) throw std::logic_error("seq_cst is not modelled");
}

// What either of two knows.
template <class Known>
void learn(Known& mine, const Known& other) {
    std::transform(mine.begin(), mine.end(), other.begin(), mine.begin(),
                   [](auto one, auto two) { return std::max(one, two); });
}

}

void Memory::clear() {
    static std::uint64_t executions = 0;  // of all memories: shadows outlive them
    execution_ = ++executions;
    for (std::size_t i = 0; i < locationCount_; ++i) locations_[i].clear();
    locationCount_ = 0;
    for (std::size_t thread = 0; thread < mostThreads; ++thread) {
        threads_[thread] = {};
        threads_[thread].clock[thread] = 1;
    }
}

std::size_t Memory::add(std::uint64_t value) {
    if (locationCount_ == mostLocations) throw std::logic_error("there are too many atomic objects");
    locations_[locationCount_].push_back({value, {}, {}});
    return locationCount_++;
}

std::uint64_t Memory::load(std::size_t thread, std::size_t location, std::memory_order order) {
    checkOrder(order);
    auto& me = threads_[thread];
    const auto& stores = locations_[location];
    const std::size_t index = stores.size() - 1 - choose_(stores.size() - me.view[location]);
    me.view[location] = index;
    if (acquires(order)) {
        learn(me.clock, stores[index].clock);
        learn(me.view, stores[index].view);
    }
    return stores[index].value;
}

void Memory::store(std::size_t thread, std::size_t location, std::uint64_t value, std::memory_order order) {
    append(thread, location, value, order, false);
}

std::uint64_t Memory::readLast(std::size_t thread, std::size_t location, std::memory_order order) {
    const Store& last = locations_[location].back();
    if (acquires(order)) {
        learn(threads_[thread].clock, last.clock);
        learn(threads_[thread].view, last.view);
    }
    return last.value;
}

void Memory::append(std::size_t thread, std::size_t location, std::uint64_t value, std::memory_order order,
                    bool continuesRelease) {
    checkOrder(order);
    auto& me = threads_[thread];
    auto& stores = locations_[location];
    Store added{value, {}, {}};
    if (continuesRelease) {
        added.clock = stores.back().clock;
        added.view = stores.back().view;
    }
    me.view[location] = stores.size();
    if (releases(order)) {
        learn(added.clock, me.clock);
        learn(added.view, me.view);
        ++me.clock[thread];  // what comes now is not part of it
    }
    stores.push_back(added);
}

Shadow& Memory::current(Shadow& shadow) const {
    if (shadow.execution != execution_) shadow = {execution_, 0, 0, {}};
    return shadow;
}

bool Memory::read(std::size_t thread, Shadow& shadow) const {
    const Clock& mine = threads_[thread].clock;
    current(shadow).read[thread] = mine[thread];
    return shadow.written <= mine[shadow.writer];
}

bool Memory::write(std::size_t thread, Shadow& shadow) const {
    const Clock& mine = threads_[thread].clock;
    const Clock& read = current(shadow).read;
    const bool isOrdered = shadow.written <= mine[shadow.writer] &&
                           std::equal(read.begin(), read.end(), mine.begin(), std::less_equal<>());
    shadow.writer = thread;
    shadow.written = mine[thread];
    return isOrdered;
}

void Memory::start(std::size_t thread) {
    learn(threads_[thread].clock, threads_[0].clock);
    learn(threads_[thread].view, threads_[0].view);
    ++threads_[0].clock[0];
}

void Memory::join(std::size_t thread) {
    learn(threads_[0].clock, threads_[thread].clock);
    learn(threads_[0].view, threads_[thread].view);
}

}
