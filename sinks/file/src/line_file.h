#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// An open file that lines are appended to. Several programs may have it open: each holds its lock while it
/// writes or renames. Others may read, rename or remove it meanwhile, on Windows too. Drain thread.
class LineFile {
public:
    LineFile() noexcept;
    ~LineFile();
    LineFile(const LineFile&) = delete;
    LineFile& operator=(const LineFile&) = delete;

    /// Opens the file, or creates it if there is none. Returns the reason if it cannot, else an empty text.
    [[nodiscard]] std::string open(const std::filesystem::path& path);
    [[nodiscard]] bool isOpen() const noexcept { return handle_ != nullptr; }
    /// False if another program does not unlock the file within 40 ms, or the file system has no locks.
    [[nodiscard]] bool lock() noexcept;
    void unlock() noexcept;
    /// Whether this is still the file at that path, not moved, removed or replaced.
    [[nodiscard]] bool isAt(const std::filesystem::path& path) const noexcept;
    /// Whether it is a device, such as a terminal, which must stay where it is.
    [[nodiscard]] bool isDevice() const noexcept;
    [[nodiscard]] std::size_t size() const noexcept;
    /// Whether the last line has no newline: a crash in the middle of a write leaves one.
    [[nodiscard]] bool endsInsideLine() const noexcept;
    /// Returns how many characters were written. If not all were, errno says why. What was written has
    /// reached the operating system.
    [[nodiscard]] std::size_t append(std::string_view text) noexcept;
    void close() noexcept;
    /// Where the file is that a path leads to, behind symbolic links. Empty if it is not for us to rename: a
    /// path such as /dev/stdout leads to what this process has open, whatever its name is.
    [[nodiscard]] static std::filesystem::path behindLinks(std::filesystem::path path);
    [[nodiscard]] static bool isThere(const std::filesystem::path& path) noexcept;
    /// Copies a file that a reader keeps from being renamed, which can happen on Windows only. False if that
    /// failed, and on other systems.
    [[nodiscard]] static bool copyForReaders(const std::filesystem::path& from,
                                             const std::filesystem::path& to) noexcept;

private:
    struct Handle;
    std::unique_ptr<Handle> handle_;
};

}
