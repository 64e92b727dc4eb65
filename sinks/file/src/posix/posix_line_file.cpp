#include "line_file.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sidespan/detail/platform.h>

namespace sidespan::inline v0::detail {

namespace {

bool isSameFile(const struct stat& a, const struct stat& b) noexcept {
    return a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

}

struct LineFile::Handle {
    explicit Handle(int opened) noexcept : descriptor(opened) { ::fstat(opened, &status); }
    ~Handle() {
        struct stat now {};
        if (::fstat(descriptor, &now) != 0 || !isSameFile(now, status)) return;  // somebody else closed it
        // Unlocks first: children that were forked meanwhile would keep the lock.
        ::flock(descriptor, LOCK_UN);
        ::close(descriptor);
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    const int descriptor;
    struct stat status {};
};

LineFile::LineFile() noexcept = default;
LineFile::~LineFile() = default;

std::string LineFile::open(const std::filesystem::path& path) {
    constexpr mode_t forAll = 0666;  // as far as the umask allows
    constexpr int flags = O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY;
    int descriptor = ::open(path.c_str(), O_RDWR | flags, forAll);
    if (descriptor < 0 && errno == EACCES) descriptor = ::open(path.c_str(), O_WRONLY | flags, forAll);
    if (descriptor < 0) return std::strerror(errno);
    try {
        handle_ = std::make_unique<Handle>(descriptor);
    } catch (...) {
        ::close(descriptor);
        throw;
    }
    return {};
}

bool LineFile::lock() noexcept {
    constexpr auto pause = std::chrono::milliseconds(2);
    for (int attempt = 0; attempt < 20; ++attempt) {
        if (::flock(handle_->descriptor, LOCK_EX | LOCK_NB) == 0) return true;
        if (errno != EWOULDBLOCK && errno != EINTR) return false;  // a file system without locks
        std::this_thread::sleep_for(pause);
    }
    return false;
}

void LineFile::unlock() noexcept {
    if (handle_) ::flock(handle_->descriptor, LOCK_UN);
}

bool LineFile::isAt(const std::filesystem::path& path) const noexcept {
    struct stat named {};
    struct stat held {};
    return ::stat(path.c_str(), &named) == 0 && ::fstat(handle_->descriptor, &held) == 0 &&
           isSameFile(named, held);
}

bool LineFile::isDevice() const noexcept {
    struct stat status {};
    return ::fstat(handle_->descriptor, &status) == 0 && S_ISCHR(status.st_mode);
}

std::size_t LineFile::size() const noexcept {
    struct stat status {};
    return ::fstat(handle_->descriptor, &status) == 0 ? static_cast<std::size_t>(status.st_size) : 0;
}

bool LineFile::endsInsideLine() const noexcept {
    const auto end = size();
    char last = '\n';
    return end != 0 && ::pread(handle_->descriptor, &last, 1, static_cast<off_t>(end - 1)) == 1 &&
           last != '\n';
}

std::size_t LineFile::append(std::string_view text) noexcept {
    const platform::WriteSignalBlock noSignal;
    std::size_t done = 0;
    errno = 0;
    while (done < text.size()) {
        const auto written = ::write(handle_->descriptor, text.data() + done, text.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        done += static_cast<std::size_t>(written);
    }
    return done;
}

void LineFile::close() noexcept {
    handle_.reset();
}

std::filesystem::path LineFile::behindLinks(std::filesystem::path path) {
    constexpr int mostLinks = 40;
    std::error_code failed;
    for (int i = 0; i < mostLinks; ++i) {
        const auto folder =
            std::filesystem::canonical(path.has_parent_path() ? path.parent_path() : ".", failed).native();
        if (folder == "/dev/fd" || folder.starts_with("/proc/")) return {};
        const auto target = std::filesystem::read_symlink(path, failed);
        if (failed) return path;  // no link
        path = path.parent_path() / target;
    }
    return {};
}

bool LineFile::isThere(const std::filesystem::path& path) noexcept {
    std::error_code unknown;
    return std::filesystem::exists(path, unknown);
}

bool LineFile::copyForReaders(const std::filesystem::path&, const std::filesystem::path&) noexcept {
    return false;  // a reader does not keep a file from being renamed
}

}
