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

/// A piece of uploaded audio.
struct AudioLoop {
    std::string id;
    std::string name;
    std::string contentType;
    std::int64_t bytes = 0;
    std::string userId;  ///< empty if nobody was signed in
    std::int64_t uploadedUnixMs = 0;
};

/// Whether there is room for an upload.
enum class Room : std::uint8_t {
    forNewFile,
    isStored,  ///< the same content was stored before
    full
};

/// Stores uploads in the database. For one thread at a time; blocks on the disk.
class LoopWriter {
public:
    /// Opens or creates the file. Throws std::runtime_error.
    explicit LoopWriter(const std::filesystem::path& database);

    /// Throws DatabaseError.
    [[nodiscard]] Room roomFor(const AudioLoop& loop, const LoopLimits& limits);
    /// If the content was stored before, its name, user and time are replaced. Throws DatabaseError.
    void add(const AudioLoop& loop);

private:
    sidespan::database::Database database_;
    sidespan::database::Statement insert_;
    sidespan::database::Statement totals_;
    sidespan::database::FileWatch watch_;
};

/// Reads what LoopWriter wrote. For one thread at a time. Throws DatabaseError.
class LoopReader {
public:
    /// A LoopWriter must have opened the file before.
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
