#pragma once

#include <atomic>
#include <utility>

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sidespan/detail/compiler.h>
#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// An open file. After keep(), it notices that somebody else in the process closed its descriptor, whose
/// number may name a file of theirs by then, and no longer uses it.
class Descriptor {
public:
    explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
    Descriptor(Descriptor&& other) noexcept
        : descriptor_(other.get()), inode_(other.inode_), device_(other.device_) {
        other.set(-1);
    }
    Descriptor& operator=(Descriptor&& other) noexcept {
        const int before = get();
        set(other.get());
        other.set(before);
        std::swap(inode_, other.inode_);
        std::swap(device_, other.device_);
        return *this;
    }
    /// Unlocks first: children that were forked meanwhile would keep the lock.
    SIDESPAN_COLD ~Descriptor() {
        const int descriptor = getKept();
        if (descriptor < 0) return;
        ::flock(descriptor, LOCK_UN);
        ::close(descriptor);
    }

    /// Remembers the file, by what fstat() returned.
    void keep(const struct stat& status) noexcept {
        inode_ = status.st_ino;
        device_ = status.st_dev;
    }
    [[nodiscard]] bool isKeptAs(const struct stat& status) const noexcept {
        return status.st_ino == inode_ && status.st_dev == device_;
    }

    [[nodiscard]] SIDESPAN_ALWAYS_INLINE bool isOpen() const noexcept { return get() >= 0; }
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE int get() const noexcept {
        return descriptor_.load(std::memory_order_relaxed);
    }
    /// The descriptor; -1 from when it no longer refers to the remembered file.
    [[nodiscard]] SIDESPAN_COLD int getKept() const noexcept {
        struct stat now {};
        if (inode_ != 0 && (::fstat(get(), &now) != 0 || !isKeptAs(now))) set(-1);
        return get();
    }

private:
    SIDESPAN_ALWAYS_INLINE void set(int descriptor) const noexcept {
        descriptor_.store(descriptor, std::memory_order_relaxed);
    }

    mutable std::atomic<int> descriptor_;
    ino_t inode_ = 0;  // 0: not kept
    dev_t device_ = 0;
};

}
