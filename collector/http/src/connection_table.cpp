#include "connection_table.h"

#include <utility>
#include <vector>

namespace sidespan::http_server {

ConnectionTable::Id ConnectionTable::add(std::function<void()> close) {
    std::function<void()> evicted;
    Id id = 0;
    {
        std::lock_guard lock(mutex_);
        if (closing_) return 0;
        if (entries_.size() >= limit_) {
            if (idle_.empty()) return 0;
            evicted = takeLongestIdle();
        }
        id = ++counter_;
        auto& entry = entries_[id];
        entry.close = std::move(close);
        markIdle(id, entry);
    }
    if (evicted) evicted();
    return id;
}

// With the mutex held, while one is idle.
std::function<void()> ConnectionTable::takeLongestIdle() {
    const auto oldest = entries_.find(idle_.begin()->second);
    auto close = std::move(oldest->second.close);
    idle_.erase(idle_.begin());
    entries_.erase(oldest);
    return close;
}

bool ConnectionTable::closeLongestIdle() {
    std::function<void()> close;
    {
        std::lock_guard lock(mutex_);
        if (idle_.empty()) return false;
        close = takeLongestIdle();
    }
    close();
    return true;
}

void ConnectionTable::remove(Id id) {
    std::lock_guard lock(mutex_);
    auto found = entries_.find(id);
    if (found == entries_.end()) return;
    idle_.erase(found->second.idleSince);
    entries_.erase(found);
}

void ConnectionTable::setBusy(Id id) {
    std::lock_guard lock(mutex_);
    auto found = entries_.find(id);
    if (found == entries_.end()) return;
    idle_.erase(std::exchange(found->second.idleSince, 0));
}

bool ConnectionTable::setIdle(Id id) {
    std::lock_guard lock(mutex_);
    auto found = entries_.find(id);
    if (closing_ || found == entries_.end()) return false;
    if (found->second.idleSince == 0) markIdle(id, found->second);
    return true;
}

void ConnectionTable::markIdle(Id id, Entry& entry) {
    entry.idleSince = ++counter_;
    idle_.emplace(entry.idleSince, id);
}

void ConnectionTable::beginClosing() {
    std::vector<std::function<void()>> closing;
    {
        std::lock_guard lock(mutex_);
        closing_ = true;
        for (const auto& [since, id] : idle_) closing.push_back(entries_.at(id).close);
    }
    for (const auto& close : closing) close();
}

void ConnectionTable::closeAll() {
    std::vector<std::function<void()>> closing;
    {
        std::lock_guard lock(mutex_);
        closing_ = true;
        for (const auto& [id, entry] : entries_) closing.push_back(entry.close);
    }
    for (const auto& close : closing) close();
}

}
