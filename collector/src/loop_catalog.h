#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sidespan_collector/limits.h>

#include "sqlite.h"

namespace sidespan::collector {

/// What is known about a piece of uploaded audio.
struct AudioLoop {
    std::string id;
    std::string name;
    std::string contentType;
    std::int64_t bytes = 0;
    std::string userId;  ///< empty when nobody was signed in
    std::int64_t uploadedUnixMs = 0;
};

/// Remembers uploads in the database. One thread at a time; blocks on the disk. The file must have been
/// opened by a SpanStore before.
class LoopWriter {
public:
    explicit LoopWriter(const std::filesystem::path& database);

    /// Throws DatabaseError.
    [[nodiscard]] bool hasRoomFor(const AudioLoop& loop, const Limits& limits);
    /// Content that is there already takes the latest upload's name, user and time. Throws DatabaseError.
    void add(const AudioLoop& loop);

private:
    Database database_;
    Statement insert_;
    Statement totals_;
};

/// Reads what LoopWriter wrote. One thread at a time. Throws DatabaseError.
class LoopReader {
public:
    explicit LoopReader(const std::filesystem::path& database);

    /// Newest first.
    [[nodiscard]] std::vector<AudioLoop> list(std::size_t limit);
    [[nodiscard]] std::optional<AudioLoop> find(const std::string& id);

private:
    Database database_;
    Statement list_;
    Statement find_;
};

}
