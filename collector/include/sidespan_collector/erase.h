#pragma once

#include <cstdint>
#include <string>

namespace sidespan::collector {

/// What a deletion took away.
struct Erased {
    std::int64_t traces = 0;
    std::int64_t spans = 0;
};

/// Deletes every trace in which a span of that user's is, and what is stored of the user's clients, from a
/// store as CollectorOptions::store names it; a collector may be using it. Blocks on the database. Throws
/// std::exception when there is no such database, which is not made, and when not all was deleted: call it
/// again.
Erased eraseUser(const std::string& store, const std::string& userId);

/// The same for what the clients of one installation sent (`X-Client-Installation`).
Erased eraseInstallation(const std::string& store, const std::string& installation);

}
