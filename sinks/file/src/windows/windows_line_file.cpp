#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "line_file.h"

namespace sidespan::inline v0::detail {
namespace {

std::string wordsOf(DWORD problem) {
    return std::system_category().message(static_cast<int>(problem));
}

// The errno value that RotatingFile reports.
int errnoOf(DWORD problem) noexcept {
    switch (problem) {
        case ERROR_DISK_FULL:
        case ERROR_HANDLE_DISK_FULL:
            return ENOSPC;
        case ERROR_ACCESS_DENIED:
            return EACCES;
        default:
            return EIO;
    }
}

// Far beyond the end of the file, since others cannot read or write a locked byte on Windows.
OVERLAPPED lockedByte() noexcept {
    OVERLAPPED where{};
    where.OffsetHigh = 0x4000'0000;
    return where;
}

bool isDirectory(const std::filesystem::path& path) noexcept {
    const DWORD attributes = ::GetFileAttributesW(path.c_str());
    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

// Repeats `call` while it fails with `passing`, for at most 40 ms.
template <class Call>
bool soon(DWORD passing, Call call) noexcept {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(40);
    while (!call()) {
        const DWORD problem = ::GetLastError();
        if (problem != passing || std::chrono::steady_clock::now() >= end) {
            ::SetLastError(problem);
            return false;
        }
        ::Sleep(1);
    }
    return true;
}

constexpr DWORD shared = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

}

struct LineFile::Handle {
    explicit Handle(HANDLE opened) noexcept : file(opened) {}
    ~Handle() { ::CloseHandle(file); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    const HANDLE file;
};

LineFile::LineFile() noexcept = default;
LineFile::~LineFile() = default;

std::string LineFile::open(const std::filesystem::path& path) {
    constexpr DWORD append = FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE;
    HANDLE file = INVALID_HANDLE_VALUE;
    const auto openFor = [&](DWORD access) {
        return soon(ERROR_SHARING_VIOLATION, [&] {  // a virus scanner may have it open exclusively
            file = ::CreateFileW(path.c_str(), access, shared, nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL,
                                 nullptr);
            return file != INVALID_HANDLE_VALUE;
        });
    };
    const bool isOpen =
        openFor(append | FILE_READ_DATA) || (::GetLastError() == ERROR_ACCESS_DENIED && openFor(append));
    if (!isOpen) {
        const DWORD problem = ::GetLastError();
        return isDirectory(path) ? "it is a directory" : wordsOf(problem);
    }
    try {
        handle_ = std::make_unique<Handle>(file);
    } catch (...) {
        ::CloseHandle(file);
        throw;
    }
    return {};
}

bool LineFile::lock() noexcept {
    return soon(ERROR_LOCK_VIOLATION, [this] {
        OVERLAPPED where = lockedByte();
        return ::LockFileEx(handle_->file, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
                            &where) != 0;
    });
}

void LineFile::unlock() noexcept {
    OVERLAPPED where = lockedByte();
    if (handle_) ::UnlockFileEx(handle_->file, 0, 1, 0, &where);
}

// NUL and other devices do not move.
bool LineFile::isAt(const std::filesystem::path& path) const noexcept {
    if (isDevice()) return true;
    const HANDLE found = ::CreateFileW(path.c_str(), FILE_READ_ATTRIBUTES, shared, nullptr, OPEN_EXISTING,
                                       FILE_FLAG_BACKUP_SEMANTICS, nullptr);
    if (found == INVALID_HANDLE_VALUE) return false;
    BY_HANDLE_FILE_INFORMATION named{};
    BY_HANDLE_FILE_INFORMATION held{};
    const bool areRead = ::GetFileInformationByHandle(found, &named) != 0 &&
                         ::GetFileInformationByHandle(handle_->file, &held) != 0;
    ::CloseHandle(found);
    return areRead && named.nFileIndexLow == held.nFileIndexLow &&
           named.nFileIndexHigh == held.nFileIndexHigh &&
           named.dwVolumeSerialNumber == held.dwVolumeSerialNumber;
}

bool LineFile::isDevice() const noexcept {
    return ::GetFileType(handle_->file) != FILE_TYPE_DISK;
}

std::size_t LineFile::size() const noexcept {
    LARGE_INTEGER size{};
    return ::GetFileSizeEx(handle_->file, &size) != 0 ? static_cast<std::size_t>(size.QuadPart) : 0;
}

bool LineFile::endsInsideLine() const noexcept {
    const auto end = size();
    if (end == 0) return false;
    OVERLAPPED where{};
    where.Offset = static_cast<DWORD>(end - 1);
    where.OffsetHigh = static_cast<DWORD>(std::uint64_t{end - 1} >> 32U);
    char last = '\n';
    DWORD got = 0;
    return ::ReadFile(handle_->file, &last, 1, &got, &where) != 0 && got == 1 && last != '\n';
}

std::size_t LineFile::append(std::string_view text) noexcept {
    constexpr std::size_t mostAtOnce = std::size_t{1} << 20U;
    std::size_t done = 0;
    errno = 0;
    while (done < text.size()) {
        DWORD written = 0;
        const auto size = static_cast<DWORD>(std::min(text.size() - done, mostAtOnce));
        if (::WriteFile(handle_->file, text.data() + done, size, &written, nullptr) == 0) {
            errno = errnoOf(::GetLastError());
            break;
        }
        if (written == 0) break;
        done += written;
    }
    return done;
}

void LineFile::close() noexcept {
    handle_.reset();
}

std::filesystem::path LineFile::behindLinks(std::filesystem::path path) {
    return path;  // only administrators make links there
}

bool LineFile::isThere(const std::filesystem::path& path) noexcept {
    return ::GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES;
}

bool LineFile::copyForReaders(const std::filesystem::path& from, const std::filesystem::path& to) noexcept {
    ::SetFileAttributesW(to.c_str(), FILE_ATTRIBUTE_NORMAL);  // CopyFileW replaces no read-only file
    return ::CopyFileW(from.c_str(), to.c_str(), FALSE) != 0;
}

}
