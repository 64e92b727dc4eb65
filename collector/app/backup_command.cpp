#include "backup_command.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sidespan_database/sqlite.h>
#include <sidespan_http_server/arguments.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector_options.h"

namespace sidespan::collector {

namespace {

constexpr const char* backupHelp =
    R"(sidespan-collector backup: copies an SQLite database, also while a collector writes to it.

  sidespan-collector backup --to FILE [--database FILE]

  --to FILE        the copy, which must not exist; FILE.partial until it is complete
  --database FILE  the database to copy (sidespan.db); SIDESPAN_COLLECTOR_STORE works too

The copy contains what was stored when the command began, tokens included. Those who may read the database may read
the copy. To use it, start a collector with --database naming the copy. For PostgreSQL use pg_dump.
)";

std::runtime_error failure(const std::string& name, const char* what) {
    return std::runtime_error(fmt::format("{} cannot be {}: {}", name, what, std::strerror(errno)));
}

/// The file that a collector with the same options and environment uses.
std::filesystem::path fileToCopy(const http_server::Arguments& arguments) {
    constexpr std::string_view scheme = "sqlite:";
    const auto store = readStoreAddress(arguments);
    if (store.starts_with(scheme)) return store.substr(scheme.size());
    throw http_server::UsageError(
        "backup copies only SQLite databases, but SIDESPAN_COLLECTOR_STORE names another kind; "
        "use pg_dump, or name a file with --database");
}

/// An empty file with an exclusive lock (flock). Throws std::runtime_error.
class LockedFile {
public:
    LockedFile(const std::string& name, mode_t mode) {
        do openAgain(name, mode);
        while (!isFileOf(name));  // another process may have renamed it before this one locked it
        if (fchmod(descriptor_, mode) != 0 || ftruncate(descriptor_, 0) != 0) throw failure(name, "emptied");
    }
    ~LockedFile() { close(descriptor_); }
    LockedFile(const LockedFile&) = delete;
    LockedFile& operator=(const LockedFile&) = delete;

    [[nodiscard]] bool sync() const noexcept { return fsync(descriptor_) == 0; }

private:
    void openAgain(const std::string& name, mode_t mode) {
        close(
            std::exchange(descriptor_, open(name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode)));
        if (descriptor_ < 0) throw failure(name, "created");
        if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
        if (errno != EWOULDBLOCK) throw failure(name, "locked");
        throw std::runtime_error(
            fmt::format("{} is being written by another backup; wait until that ends", name));
    }
    [[nodiscard]] bool isFileOf(const std::string& name) const noexcept {
        struct stat mine {};
        struct stat theirs {};
        return fstat(descriptor_, &mine) == 0 && stat(name.c_str(), &theirs) == 0 &&
               mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino;
    }

    int descriptor_ = -1;
};

/// A copy that is written to "TARGET.partial" and renamed to TARGET when it is complete. A copy that a full
/// disk or a signal cut short therefore never has the target's name. Its permissions are no wider than the
/// original's.
class PartialFile {
public:
    PartialFile(std::string target, std::filesystem::perms permissions)
        : target_(std::move(target)), name_(target_ + ".partial"), file_(name_, modeOf(permissions)) {}
    ~PartialFile() {
        std::error_code ignored;
        if (!isComplete_) std::filesystem::remove(name_, ignored);
    }
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    void complete() {
        if (!file_.sync()) throw failure(name_, "written");
        std::filesystem::rename(name_, target_);
        isComplete_ = true;
    }

private:
    static mode_t modeOf(std::filesystem::perms permissions) {
        constexpr auto readAndWrite = static_cast<std::filesystem::perms>(0666);
        return static_cast<mode_t>(permissions & readAndWrite);
    }

    std::string target_;
    std::string name_;
    LockedFile file_;  // holds the lock until the file is renamed or removed
    bool isComplete_ = false;
};

}

int runBackupCommand(int argc, const char* const* argv) {
    const http_server::Arguments arguments(argc, argv, {"--database", "--to"}, {"--help", "-h"});
    if (arguments.has("--help") || arguments.has("-h")) {
        std::fputs(backupHelp, stdout);
        return 0;
    }
    const auto to = arguments.value("--to");
    if (!to || !arguments.words().empty())
        throw http_server::UsageError("backup needs --to FILE; backup --help shows how");
    const auto file = fileToCopy(arguments);
    database::requireFileName(file);
    if (std::filesystem::exists(*to)) throw std::runtime_error(fmt::format("{} exists already", *to));
    database::Database database(file, database::Database::Mode::readOnly);
    PartialFile partial(*to, std::filesystem::status(file).permissions());
    auto copy = database.prepare("VACUUM INTO ?1");
    copy.bind(1, partial.name());
    copy.run();
    partial.complete();
    return 0;
}

}
