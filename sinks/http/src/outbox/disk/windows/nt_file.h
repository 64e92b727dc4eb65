#pragma once

#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <thread>
#include <utility>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// An open file or directory, or none.
class NtFile {
public:
    NtFile() noexcept = default;
    explicit NtFile(HANDLE handle) noexcept : handle_(handle) {}
    NtFile(NtFile&& other) noexcept : handle_(std::exchange(other.handle_, INVALID_HANDLE_VALUE)) {}
    NtFile& operator=(NtFile&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~NtFile() {
        if (isOpen()) ::CloseHandle(handle_);
    }

    [[nodiscard]] bool isOpen() const noexcept { return handle_ != INVALID_HANDLE_VALUE; }
    [[nodiscard]] HANDLE get() const noexcept { return handle_; }

private:
    HANDLE handle_ = INVALID_HANDLE_VALUE;
};

/// How a file is opened. Others may read, write, rename and remove it meanwhile.
struct OpenAs {
    ACCESS_MASK access;
    enum class If : std::uint8_t { there, absent, either } when = If::there;
    bool isDirectory = false;
    bool isWrittenThrough = false;
    SECURITY_DESCRIPTOR* security = nullptr;  ///< of what is created; inherited if null
};

constexpr ACCESS_MASK toRemove = DELETE | FILE_WRITE_ATTRIBUTES;  // attributes: for read-only files

/// Opens `name`, a single component, in the directory. Opens a link itself, not its target. Allocates
/// nothing. If it fails, GetLastError() says why.
[[nodiscard]] NtFile openIn(const NtFile& directory, std::string_view name, const OpenAs& how) noexcept;
/// Renames or moves the open file, which was opened for DELETE. Replaces an existing file.
[[nodiscard]] bool renameTo(const NtFile& file, const NtFile& directory, std::string_view name) noexcept;
/// Removes the open file, which was opened for `toRemove`. If the file system supports it, the name is free
/// at once, even while others have the file open.
[[nodiscard]] bool removeOpen(const NtFile& file) noexcept;

/// Whether a call that failed with `problem` may succeed soon: a virus scanner or an indexer has the file
/// open, or the file was removed while another process had it open.
[[nodiscard]] bool isPassing(DWORD problem) noexcept;

/// Calls until it succeeds, fails for good, or 40 ms have passed; less than a shutdown may take beyond its
/// deadline.
template <class Call>
bool untilFree(Call call) noexcept {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(40);
    while (!call()) {
        const DWORD problem = ::GetLastError();
        if (!isPassing(problem) || std::chrono::steady_clock::now() >= end) {
            ::SetLastError(problem);
            return false;
        }
        ::Sleep(1);
    }
    return true;
}

}
