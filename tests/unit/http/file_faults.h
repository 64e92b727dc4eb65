#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace sidespan::test {

/// What this program asks of the disk, and how the disk fails it: functions of this program stand in for
/// libc's. One object at a time; without one every call goes through.
class FileFaults {
public:
    FileFaults();
    ~FileFaults();
    FileFaults(const FileFaults&) = delete;
    FileFaults& operator=(const FileFaults&) = delete;

    /// fstatat and openat of files whose names end so fail with `error`, the first `times` times.
    void refuse(std::string suffix, int error, int times = std::numeric_limits<int>::max());
    /// Nothing can be made, written, renamed or removed: EROFS.
    void makeReadOnly(bool isReadOnly);
    /// Every call is answered as usual again.
    void heal();

    /// openat, fstatat, unlinkat, renameat and mkdirat so far, and each entry of a directory that was listed.
    [[nodiscard]] std::uint64_t calls() const;
    /// Those that were refused.
    [[nodiscard]] std::uint64_t refused() const;
};

}
