#include <sidespan_database/file_watch.h>

#include <utility>

#include <fmt/format.h>
#include <sidespan_database/sqlite.h>
#include <sqlite3.h>
#include <sys/stat.h>

namespace sidespan::database {

FileWatch::FileWatch(std::filesystem::path file)
    : file_(std::move(file)), log_(file_.string() + "-wal"), identity_(identityOf(file_)) {
    check();
}

// All zero where there is none.
FileWatch::Identity FileWatch::identityOf(const std::filesystem::path& file) noexcept {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0) return {};
    return {static_cast<std::uint64_t>(found.st_dev), static_cast<std::uint64_t>(found.st_ino)};
}

bool FileWatch::isInPlace() const noexcept {
    return identity_ != Identity{} && identityOf(file_) == identity_ && identityOf(log_) != Identity{};
}

void FileWatch::check() const {
    if (isInPlace()) return;
    throw DatabaseError(
        SQLITE_READONLY_DBMOVED,
        fmt::format("the database {} was moved or deleted while it is open, so nothing is stored; put it and "
                    "{} back, or restart this program to begin a new one",
                    file_.string(), log_.filename().string()));
}

}
