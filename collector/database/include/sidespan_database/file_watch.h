#pragma once

#include <cstdint>
#include <filesystem>

namespace sidespan::database {

/// Notices when a database that is open is not the file of that name any more: SQLite goes on writing to what
/// was moved or deleted, where nobody will find it. [any thread]
class FileWatch {
public:
    /// The file was opened a moment ago, in WAL mode. Throws DatabaseError when it is not there.
    explicit FileWatch(std::filesystem::path file);

    [[nodiscard]] bool isInPlace() const noexcept;
    /// Throws DatabaseError that says what to do, unless the file is in its place.
    void check() const;

private:
    struct Identity {
        std::uint64_t device = 0;
        std::uint64_t node = 0;
        friend bool operator==(const Identity&, const Identity&) = default;
    };
    [[nodiscard]] static Identity identityOf(const std::filesystem::path& file) noexcept;

    std::filesystem::path file_;
    std::filesystem::path log_;
    Identity identity_;
};

}
