#pragma once

#include <cstdint>
#include <string>

namespace sidespan::collector {

/// What was deleted.
struct Erased {
    std::int64_t traces = 0;
    std::int64_t spans = 0;
};

/// Deletes every trace with a span of that user, and what is stored of the user's clients. `store` is an
/// address as in CollectorOptions::store; a collector may be using it. Blocks on the database. Throws
/// std::exception if there is no such database (none is created), or if not everything was deleted: then call
/// it again.
Erased eraseUser(const std::string& store, const std::string& userId);

/// The same for what the clients of one installation sent (`X-Client-Installation`).
Erased eraseInstallation(const std::string& store, const std::string& installation);

}
