#pragma once

#include <array>
#ifndef _WIN32
#include <cerrno>
#endif
#include <cstdint>
#include <limits>
#include <string>

namespace sidespan::test {

/// What this program asks of the disk, and how the disk fails it: functions of this program stand in for
/// libc's, or for those of Windows. One object at a time; without one every call goes through.
class FileFaults {
public:
#ifdef _WIN32
    static constexpr int unreachable = static_cast<int>(0xC00000C4U);  ///< STATUS_UNEXPECTED_NETWORK_ERROR
    /// STATUS_MEDIA_WRITE_PROTECTED, _IO_DEVICE_ERROR, _ACCESS_DENIED; others have it to themselves
    /// (_SHARING_VIOLATION), or keep a removed one there (_DELETE_PENDING).
    static constexpr std::array problems{unreachable,
                                         static_cast<int>(0xC00000A2U),
                                         static_cast<int>(0xC0000185U),
                                         static_cast<int>(0xC0000022U),
                                         static_cast<int>(0xC0000043U),
                                         static_cast<int>(0xC0000056U)};
#else
    static constexpr int unreachable = ESTALE;
    static constexpr std::array problems{unreachable, EROFS, EIO, EACCES};
#endif

    FileFaults();
    ~FileFaults();
    FileFaults(const FileFaults&) = delete;
    FileFaults& operator=(const FileFaults&) = delete;

    /// fstatat and openat (NtCreateFile) of files whose names end so fail with `error`, the first `times`
    /// times.
    void refuse(std::string suffix, int error, int times = std::numeric_limits<int>::max());
    /// Nothing can be made, written, renamed or removed: EROFS.
    void makeReadOnly(bool isReadOnly);
    /// A file system that has no locks: ENOLCK.
    void refuseLocks();
    /// Every call is answered as usual again.
    void heal();

    /// openat, fstatat, unlinkat, renameat and mkdirat (NtCreateFile and NtSetInformationFile) so far, and
    /// each entry of a directory that was listed.
    [[nodiscard]] std::uint64_t calls() const;
    /// Those that were refused.
    [[nodiscard]] std::uint64_t refused() const;
};

}
