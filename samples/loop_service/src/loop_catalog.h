#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <loop_service/loop_limits.h>

#include <sidespan_database/file_watch.h>
#include <sidespan_database/sqlite.h>

namespace loop_service {

/// What is known about a piece of uploaded audio.
struct AudioLoop {
    std::string id;
    std::string name;
    std::string contentType;
    std::int64_t bytes = 0;
    std::string userId;  ///< empty when nobody was signed in
    std::int64_t uploadedUnixMs = 0;
};

/// Whether an upload may be stored.
enum class Room : std::uint8_t {
    forNewFile,
    isStored,  ///< the same content is there already
    full
};

/// Remembers uploads in the database. One thread at a time; blocks on the disk.
class LoopWriter {
public:
    /// Opens or makes the file. Throws std::runtime_error.
    explicit LoopWriter(const std::filesystem::path& database);

    /// Throws DatabaseError.
    [[nodiscard]] Room roomFor(const AudioLoop& loop, const LoopLimits& limits);
    /// Content that is there already takes the latest upload's name, user and time. Throws DatabaseError.
    void add(const AudioLoop& loop);

private:
    sidespan::database::Database database_;
    sidespan::database::Statement insert_;
    sidespan::database::Statement totals_;
    sidespan::database::FileWatch watch_;
};

/// Reads what LoopWriter wrote. One thread at a time. Throws DatabaseError.
class LoopReader {
public:
    /// The file must have been opened by a LoopWriter before.
    explicit LoopReader(const std::filesystem::path& database);

    /// Newest first.
    [[nodiscard]] std::vector<AudioLoop> list(std::size_t limit);
    [[nodiscard]] std::optional<AudioLoop> find(const std::string& id);

private:
    sidespan::database::Database database_;
    sidespan::database::Statement list_;
    sidespan::database::Statement find_;
};

}
