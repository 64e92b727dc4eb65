#include "backup_command.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sidespan_database/sqlite.h>
#include <sidespan_http_server/arguments.h>
#include <unistd.h>

namespace sidespan::collector {

namespace {

constexpr const char* backupHelp =
    R"(sidespan-collector backup: copies an SQLite database, also while a collector writes to it.

  sidespan-collector backup --to FILE [--database FILE]

  --to FILE        the copy, which must not exist; FILE.partial until it is whole
  --database FILE  the database to copy (sidespan.db)

The copy contains what was stored when the command began, tokens included. Those who may read the database may read
the copy. To use it, start a collector with --database naming the copy. For PostgreSQL use pg_dump.
)";

/// A file that is written beside the target, and has its name only once it is whole: a copy that was cut
/// short, on a full disk or by a signal, cannot be taken for one. It is no more readable than the original.
class PartialFile {
public:
    PartialFile(std::string target, std::filesystem::perms permissions)
        : target_(std::move(target)), name_(target_ + ".partial") {
        std::filesystem::remove(name_);
        constexpr auto readAndWrite = static_cast<std::filesystem::perms>(0666);
        descriptor_ = open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                           static_cast<mode_t>(permissions & readAndWrite));
        if (descriptor_ < 0) throw failure("created");
    }
    ~PartialFile() {
        close(descriptor_);
        std::error_code ignored;
        if (!isComplete_) std::filesystem::remove(name_, ignored);
    }
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    void complete() {
        if (fsync(descriptor_) != 0) throw failure("written");
        std::filesystem::rename(name_, target_);
        isComplete_ = true;
    }

private:
    [[nodiscard]] std::runtime_error failure(const char* what) const {
        return std::runtime_error(fmt::format("{} cannot be {}: {}", name_, what, std::strerror(errno)));
    }

    std::string target_;
    std::string name_;
    int descriptor_ = -1;
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
    const std::filesystem::path file = arguments.value("--database").value_or("sidespan.db");
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
