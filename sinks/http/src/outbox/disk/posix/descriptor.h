#pragma once

#include <atomic>
#include <utility>

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// An open file. If somebody else in the process closes its descriptor, it is closed for good: the number may
/// name a file of theirs by then.
class Descriptor {
public:
    explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {
        struct stat status {};
        if (descriptor < 0 || ::fstat(descriptor, &status) != 0) return;
        inode_ = status.st_ino;
        device_ = status.st_dev;
    }
    Descriptor(Descriptor&& other) noexcept
        : descriptor_(other.descriptor_.exchange(-1)), inode_(other.inode_), device_(other.device_) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        other.descriptor_ = descriptor_.exchange(other.descriptor_);
        std::swap(inode_, other.inode_);
        std::swap(device_, other.device_);
        return *this;
    }
    /// Unlocks first: children that were forked meanwhile would keep the lock.
    ~Descriptor() {
        const int descriptor = get();
        if (descriptor < 0) return;
        ::flock(descriptor, LOCK_UN);
        ::close(descriptor);
    }

    [[nodiscard]] bool isOpen() const noexcept { return descriptor_ >= 0; }
    /// -1, which no call takes, if it is closed.
    [[nodiscard]] int get() const noexcept {
        struct stat now {};
        const bool isSame =
            isOpen() && ::fstat(descriptor_, &now) == 0 && now.st_ino == inode_ && now.st_dev == device_;
        if (!isSame) descriptor_ = -1;
        return descriptor_;
    }

private:
    mutable std::atomic<int> descriptor_;
    ino_t inode_ = 0;
    dev_t device_ = 0;
};

}
