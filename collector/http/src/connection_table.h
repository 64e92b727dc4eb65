#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

namespace sidespan::http_server {

/// The open connections, bounded in number: when there is no room, the one that has waited longest for a
/// request is closed. [any thread]
class ConnectionTable {
public:
    explicit ConnectionTable(std::size_t limit) : limit_(limit) {}

    using Id = std::uint64_t;  ///< 0 is none
    /// Adds an idle connection; `close` closes it, from any thread. 0 when there is no room and none is idle,
    /// or when the table is closing.
    [[nodiscard]] Id add(std::function<void()> close);
    void remove(Id id);
    void setBusy(Id id);
    /// False when the table is closing, and the connection should go.
    [[nodiscard]] bool setIdle(Id id);

    /// False when none is idle.
    bool closeLongestIdle();

    /// Takes no more connections and closes the idle ones.
    void beginClosing();
    /// Closes the rest.
    void closeAll();

private:
    struct Entry {
        std::function<void()> close;
        std::uint64_t idleSince = 0;  ///< a place in `idle_`; 0 while busy
    };
    void markIdle(Id id, Entry& entry);
    [[nodiscard]] std::function<void()> takeLongestIdle();

    std::size_t limit_;
    std::mutex mutex_;
    std::map<Id, Entry> entries_;
    std::map<std::uint64_t, Id> idle_;  ///< longest idle first
    std::uint64_t counter_ = 0;
    bool closing_ = false;
};

}
