#include "outbox/disk/directory.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <filesystem>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>
#include <sidespan/detail/platform.h>

#include "descriptor.h"

namespace sidespan::inline v0::detail {

namespace {

constexpr const char* lockName = "lock";
constexpr std::string_view cannotOpen = "cannot open a file in";
constexpr std::string_view cannotWrite = "cannot write a file in";
constexpr mode_t forUserAlone = 0700;
constexpr mode_t fileForUserAlone = 0600;
constexpr std::uint64_t maxSmallBytes = 4096;

// Names the directory, not the file in it, so that the same failure has the same words and is reported once.
Error failure(std::string_view what, const std::string& path, int number) {
    return {ErrorCode::io, join({what, " \"", path, "\": ", std::generic_category().message(number)})};
}

// Flushes the drive's own cache as well, which fsync does not do on macOS.
bool syncToDisk(int descriptor) noexcept {
#ifdef F_FULLFSYNC
    if (::fcntl(descriptor, F_FULLFSYNC) == 0) return true;
#endif
    return ::fsync(descriptor) == 0;
}

bool writeAll(int descriptor, std::span<const std::string_view> pieces) noexcept {
    const platform::WriteSignalBlock noSignal;
    for (auto piece : pieces) {
        while (!piece.empty()) {
            const auto written = ::write(descriptor, piece.data(), piece.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return false;
            piece.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    return true;
}

// Replaces the content of the file. A full disk leaves the old content.
bool replace(const Descriptor& file, std::string_view content) noexcept {
    const std::array<std::string_view, 1> pieces{content};
    return ::lseek(file.get(), 0, SEEK_SET) == 0 && writeAll(file.get(), pieces) &&
           ::ftruncate(file.get(), static_cast<off_t>(content.size())) == 0;
}

// A process that was stopped while it held the lock must not stop this one, so the wait is short: less than a
// shutdown may take beyond its deadline.
bool lockSoon(const Descriptor& file) noexcept {
    constexpr auto pause = std::chrono::milliseconds(2);
    for (int attempt = 0; attempt < 20; ++attempt) {
        if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return true;
        if (errno != EWOULDBLOCK && errno != EINTR) return false;
        std::this_thread::sleep_for(pause);
    }
    errno = EWOULDBLOCK;
    return false;
}

SIDESPAN_COLD Outcome<std::string> readAll(const Descriptor& file, const std::string& path,
                                           std::uint64_t maxBytes) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return failure(cannotOpen, path, errno);
    if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) > maxBytes) {
        return Error{ErrorCode::io, join({"what should be a file in \"", path, "\" is none, or too large"})};
    }
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
        const auto got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failure("cannot read a file in", path, errno);
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
}

// `gone` only if the system says that there is none.
Presence look(int parent, const char* name, struct stat& status) noexcept {
    if (::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0) return Presence::there;
    return errno == ENOENT ? Presence::gone : Presence::unknown;
}

// Whether the name refers to the open file; `gone` if somebody else closed its descriptor.
Presence findSame(int parent, const char* name, const Descriptor& file) noexcept {
    struct stat named {};
    if (file.getKept() < 0) return Presence::gone;
    const auto found = look(parent, name, named);
    return found != Presence::there || file.isKeptAs(named) ? found : Presence::gone;
}

// Appends one byte. On a full disk it extends the file by a hole, which needs no block.
bool addByte(const Descriptor& file) noexcept {
    constexpr std::array<std::string_view, 1> byte{"."};
    if (writeAll(file.get(), byte)) return true;
    const int problem = errno;
    struct stat status {};
    const platform::WriteSignalBlock noSignal;
    if (::fstat(file.get(), &status) == 0 && ::ftruncate(file.get(), status.st_size + 1) == 0) return true;
    errno = problem;
    return false;
}

Descriptor openDirectory(int parent, const std::string& name) noexcept {
    return Descriptor(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// A slash at the end would follow a link.
std::string withoutSlash(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
}

}

struct Directory::Handle {
    Handle(Descriptor opened, std::string from) noexcept
        : directory(std::move(opened)), path(std::move(from)) {}
    Descriptor directory;
    const std::string path;  // as given to open() or make(); a child has its parent's
    Descriptor lock{-1};
};

Directory::Directory() noexcept = default;
Directory::~Directory() = default;
Directory::Directory(Directory&&) noexcept = default;
Directory& Directory::operator=(Directory&&) noexcept = default;
Directory::Directory(std::unique_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}

// The directory, if it was opened and only the user may write to it.
SIDESPAN_COLD Outcome<Directory> Directory::check(std::unique_ptr<Handle> handle) {
    Descriptor& directory = handle->directory;
    struct stat status {};
    if (!directory.isOpen() || ::fstat(directory.get(), &status) != 0)
        return failure("cannot open the directory", handle->path, errno);
    directory.keep(status);
    std::string_view wrong;
    if (status.st_uid != ::geteuid()) {
        wrong = "\" belongs to somebody else";
    } else if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        wrong = "\" may be written to by others; it must be the user's alone";
    } else {
        return Directory(std::move(handle));
    }
    return Error{ErrorCode::io, join({"\"", handle->path, wrong})};
}

SIDESPAN_COLD Outcome<Directory> Directory::open(const std::string& path) {
    const auto bare = withoutSlash(path);
    auto handle = std::make_unique<Handle>(openDirectory(AT_FDCWD, bare), path);
    if (!handle->directory.isOpen() && (errno == ELOOP || errno == ENOTDIR))
        return Error{ErrorCode::io, join({"\"", path, "\" is a link or a file; it must be a directory"})};
    return check(std::move(handle));
}

SIDESPAN_COLD Outcome<Directory> Directory::make(const std::string& path) {
    const auto bare = withoutSlash(path);
    std::error_code problem;
    const auto parent = std::filesystem::path(bare).parent_path();
    if (!parent.empty()) std::filesystem::create_directories(parent, problem);
    if (::mkdir(bare.c_str(), forUserAlone) == 0) {
        const auto above = openDirectory(AT_FDCWD, join({bare, "/.."}));
        if (above.isOpen()) syncToDisk(above.get());
    } else if (errno != EEXIST) {
        return failure("cannot make the directory", path, errno);
    }
    return open(path);
}

SIDESPAN_COLD Outcome<Directory> Directory::openChild(const std::string& name) const {
    return check(std::make_unique<Handle>(openDirectory(handle_->directory.get(), name), handle_->path));
}

SIDESPAN_COLD Outcome<Directory> Directory::makeChild(const std::string& name) const {
    if (::mkdirat(handle_->directory.get(), name.c_str(), forUserAlone) != 0) {
        return failure("cannot make a directory in", handle_->path, errno);
    }
    auto child = openChild(name);
    if (!child.isSuccess() && findFile(name) == Presence::gone) return Directory();
    return child;
}

// It gets its name once it is locked. Until then nobody adopts it; at worst somebody removes it.
SIDESPAN_COLD Outcome<Directory> Directory::makeLockedChild(const std::string& name) const {
    const auto early = join({"new-", name});
    auto child = makeChild(early);
    if (!child.isSuccess() || !child.value().isOpen()) return child;
    const bool isNamed = child.value().tryLock() && rename(early, name);
    if (isNamed && sync()) return child;
    removeChild(isNamed ? name : early, std::move(child).value());
    return Directory();
}

SIDESPAN_COLD bool Directory::tryLock() noexcept {
    const int directory = handle_->directory.get();
    Descriptor lock(
        ::openat(directory, lockName, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, fileForUserAlone));
    struct stat status {};
    if (!lock.isOpen() || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 || ::fstat(lock.get(), &status) != 0)
        return false;
    lock.keep(status);
    if (findSame(directory, lockName, lock) != Presence::there) return false;  // an earlier holder removed it
    handle_->lock = std::move(lock);
    return true;
}

SIDESPAN_COLD void Directory::unlock() const noexcept {
    handle_->lock = Descriptor{-1};
}

Presence Directory::find(const std::string& path) noexcept {
    struct stat status {};
    return look(AT_FDCWD, path.c_str(), status);
}

Presence Directory::findAt(const std::string& path) const noexcept {
    return findSame(AT_FDCWD, path.c_str(), handle_->directory);
}

Presence Directory::findChild(const std::string& name, const Directory& child) const noexcept {
    return findSame(handle_->directory.get(), name.c_str(), child.handle_->directory);
}

Presence Directory::findFile(const std::string& name) const noexcept {
    struct stat status {};
    return look(handle_->directory.get(), name.c_str(), status);
}

bool Directory::sync() const noexcept {
    return syncToDisk(handle_->directory.get());
}

SIDESPAN_COLD Outcome<> Directory::write(const std::string& name,
                                         std::span<const std::string_view> pieces) const {
    const int directory = handle_->directory.getKept();
    const auto unfinished = join({name, ".tmp"});
    const Descriptor file(::openat(directory, unfinished.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, fileForUserAlone));
    if (!file.isOpen()) return failure("cannot make a file in", handle_->path, errno);
    const bool isWritten = writeAll(file.get(), pieces) && syncToDisk(file.get()) &&
                           rename(unfinished, name) && syncToDisk(directory);
    if (isWritten) return {};
    const int problem = errno;
    remove(unfinished);
    remove(name);
    return failure(cannotWrite, handle_->path, problem);
}

SIDESPAN_COLD Outcome<std::string> Directory::read(const std::string& name, std::uint64_t maxBytes) const {
    const Descriptor file(
        ::openat(handle_->directory.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file.isOpen()) return failure(cannotOpen, handle_->path, errno);
    return readAll(file, handle_->path, maxBytes);
}

SIDESPAN_COLD Outcome<std::string> Directory::keep(const std::string& name, std::string_view content,
                                                   bool (*isWhole)(std::string_view)) const {
    const int directory = handle_->directory.getKept();
    const Descriptor file(
        ::openat(directory, name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, fileForUserAlone));
    if (!file.isOpen() || !lockSoon(file)) return failure(cannotOpen, handle_->path, errno);
    auto there = readAll(file, handle_->path, maxSmallBytes);
    if (!there.isSuccess() || isWhole(there.value())) return there;
    if (replace(file, content) && syncToDisk(file.get()) && syncToDisk(directory))
        return std::string(content);
    return failure(cannotWrite, handle_->path, errno);
}

SIDESPAN_COLD Outcome<> Directory::update(const std::string& name,
                                          const std::function<std::string(std::string_view)>& change) const {
    const Descriptor file(::openat(handle_->directory.getKept(), name.c_str(),
                                   O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, fileForUserAlone));
    if (!file.isOpen() || !lockSoon(file)) return failure(cannotOpen, handle_->path, errno);
    const auto before = readAll(file, handle_->path, maxSmallBytes);
    const bool isDone = replace(file, change(before.isSuccess() ? before.value() : std::string()));
    return isDone ? Outcome<>() : failure(cannotWrite, handle_->path, errno);
}

SIDESPAN_COLD Outcome<> Directory::lengthen(const std::string& name) const {
    const int directory = handle_->directory.getKept();
    const Descriptor file(::openat(directory, name.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, fileForUserAlone));
    if (file.isOpen() && addByte(file) && syncToDisk(file.get()) && syncToDisk(directory)) return {};
    return failure(cannotWrite, handle_->path, errno);
}

Outcome<std::uint64_t> Directory::sizeOf(const std::string& name) const {
    struct stat status {};
    switch (look(handle_->directory.getKept(), name.c_str(), status)) {
        case Presence::there:
            return static_cast<std::uint64_t>(status.st_size);
        case Presence::gone:
            return std::uint64_t{0};
        case Presence::unknown:
            break;
    }
    return failure("cannot look at a file in", handle_->path, errno);
}

bool Directory::rename(const std::string& from, const std::string& to) const noexcept {
    const int directory = handle_->directory.get();
    return ::renameat(directory, from.c_str(), directory, to.c_str()) == 0;
}

bool Directory::moveTo(const Directory& other, const std::string& name) const noexcept {
    return ::renameat(handle_->directory.get(), name.c_str(), other.handle_->directory.get(), name.c_str()) ==
           0;
}

bool Directory::remove(const std::string& name) const noexcept {
    return ::unlinkat(handle_->directory.get(), name.c_str(), 0) == 0;
}

bool Directory::wipe(const std::string& name) const noexcept {
    const int directory = handle_->directory.get();
    if (::unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) return true;
    const Descriptor file(::openat(directory, name.c_str(), O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC));
    return file.isOpen();
}

bool Directory::removeChild(const std::string& name, Directory child) const {
    const auto left = child.list();
    if (!left.isSuccess() || !left.value().empty()) return false;
    const int directory = handle_->directory.get();
    ::unlinkat(child.handle_->directory.get(), lockName, 0);
    return ::unlinkat(directory, name.c_str(), AT_REMOVEDIR) == 0;
}

namespace {

struct CloseStream {
    void operator()(DIR* stream) const noexcept { ::closedir(stream); }
};

}

SIDESPAN_COLD Outcome<std::vector<std::string>> Directory::list() const {
    const int copy = ::openat(handle_->directory.getKept(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, CloseStream> stream(copy < 0 ? nullptr : ::fdopendir(copy));
    if (!stream) {
        const int problem = errno;
        if (copy >= 0) ::close(copy);
        return failure("cannot list the directory", handle_->path, problem);
    }
    std::set<std::string> names;  // smaller than sorting strings in place
    errno = 0;
    while (const dirent* entry = ::readdir(stream.get())) {
        std::string name = entry->d_name;
        if (name != "." && name != ".." && name != lockName) names.insert(std::move(name));
        errno = 0;
    }
    if (errno != 0) return failure("cannot list the directory", handle_->path, errno);
    return std::vector<std::string>(names.begin(), names.end());
}

}
