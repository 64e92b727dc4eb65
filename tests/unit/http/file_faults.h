#pragma once

#include <array>
#ifndef _WIN32
#include <cerrno>
#endif
#include <cstdint>
#include <limits>
#include <string_view>

namespace sidespan::test {

/// Counts this program's file calls and makes some fail. Functions of this program replace those of libc or
/// of Windows. One object at a time; without one every call goes through.
class FileFaults {
public:
#ifdef _WIN32
    static constexpr int unreachable = static_cast<int>(0xC00000C4U);  ///< STATUS_UNEXPECTED_NETWORK_ERROR
    /// STATUS_MEDIA_WRITE_PROTECTED, _IO_DEVICE_ERROR, _ACCESS_DENIED; another process has the file open
    /// (_SHARING_VIOLATION), or still has a removed file open (_DELETE_PENDING).
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

    /// fstatat and openat (NtCreateFile) fail with `error` for names that end in `suffix` (a literal), the
    /// first `times` times.
    void refuse(std::string_view suffix, int error, int times = std::numeric_limits<int>::max());
    /// Nothing can be made, written, renamed or removed: EROFS.
    void makeReadOnly(bool isReadOnly);
    /// A file system that has no locks: ENOLCK.
    void refuseLocks();
    /// Every call is answered as usual again.
    void heal();

    /// How many calls were made of openat, fstatat, unlinkat, renameat and mkdirat (NtCreateFile and
    /// NtSetInformationFile). Each entry of a listed directory counts as one.
    [[nodiscard]] std::uint64_t calls() const;
    /// How many of them were made to fail.
    [[nodiscard]] std::uint64_t refused() const;
};

}
