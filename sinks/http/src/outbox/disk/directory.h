#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// Whether something is there. `unknown` after an error: the disk may answer later.
enum class Presence : std::uint8_t { there, gone, unknown };

/// A directory that only the user may write to, held open: whatever happens to its path, all operations act
/// on this directory. Links are never followed. Names are single components. Any thread, but one name in only
/// one thread at a time. Functions that return an Outcome allocate and may throw std::bad_alloc; those that
/// are noexcept do not.
class Directory {
public:
    Directory() noexcept;
    ~Directory();
    Directory(Directory&&) noexcept;
    Directory& operator=(Directory&&) noexcept;

    /// Creates the directory and those above it if they do not exist. Refuses a link, and a directory that
    /// belongs to somebody else or that others may write to.
    [[nodiscard]] static Outcome<Directory> make(const std::string& path);
    /// The same, but creates nothing.
    [[nodiscard]] static Outcome<Directory> open(const std::string& path);
    [[nodiscard]] Outcome<Directory> openChild(const std::string& name) const;
    /// Creates a child, for the user alone. The result is not open if somebody else removed it at once.
    [[nodiscard]] Outcome<Directory> makeChild(const std::string& name) const;
    /// The same, and locks it. The result is not open if somebody else locked it first.
    [[nodiscard]] Outcome<Directory> makeLockedChild(const std::string& name) const;

    [[nodiscard]] bool isOpen() const noexcept { return handle_ != nullptr; }

    /// Takes the directory's lock, until this object is destroyed or the process ends in any way. False if
    /// somebody else has it, in this process or another.
    [[nodiscard]] bool tryLock() noexcept;
    /// Releases the lock early. Must not run while another thread calls tryLock().
    void unlock() const noexcept;
    /// Whether anything is at that path.
    [[nodiscard]] static Presence find(const std::string& path) noexcept;
    /// Whether this directory is still the one at that path.
    [[nodiscard]] Presence findAt(const std::string& path) const noexcept;
    /// Whether the child is still the one of that name.
    [[nodiscard]] Presence findChild(const std::string& name, const Directory& child) const noexcept;
    [[nodiscard]] Presence findFile(const std::string& name) const noexcept;

    /// Creates a file, for the user alone. On success the whole file is there, even after a crash of the
    /// machine. A part of it is never there. `name` must not exist yet.
    [[nodiscard]] Outcome<> write(const std::string& name, std::span<const std::string_view> pieces) const;
    [[nodiscard]] Outcome<std::string> read(const std::string& name, std::uint64_t maxBytes) const;
    /// The content of the file. If there is no file, or one that a crash left incomplete, first writes
    /// `content`. All who call this at once, in any process, get the same. Durable like write(). An error if
    /// another process keeps the file locked.
    [[nodiscard]] Outcome<std::string> keep(const std::string& name, std::string_view content,
                                            bool (*isWhole)(std::string_view)) const;
    /// Replaces the content by what `change` returns for it, while no other process does the same. Not
    /// durable. If another process keeps the file locked, returns an error without calling `change`.
    [[nodiscard]] Outcome<> update(const std::string& name,
                                   const std::function<std::string(std::string_view)>& change) const;
    /// Makes the file one byte longer; durable like write().
    [[nodiscard]] Outcome<> lengthen(const std::string& name) const;
    /// 0 if there is no such file; an error if that is not known.
    [[nodiscard]] Outcome<std::uint64_t> sizeOf(const std::string& name) const;

    bool rename(const std::string& from, const std::string& to) const noexcept;
    bool moveTo(const Directory& other, const std::string& name) const noexcept;
    bool remove(const std::string& name) const noexcept;
    /// Removes the file, or empties it if it cannot be removed. False if its content remains.
    bool wipe(const std::string& name) const noexcept;
    /// Removes the child of that name if it is empty. The caller must hold its lock.
    bool removeChild(const std::string& name, Directory child) const;
    /// The names in it, sorted, without the lock file.
    [[nodiscard]] Outcome<std::vector<std::string>> list() const;
    /// Makes everything durable that was renamed, moved or created in it.
    bool sync() const noexcept;

private:
    struct Handle;
    [[nodiscard]] static Outcome<Directory> check(std::unique_ptr<Handle> handle);
    explicit Directory(std::unique_ptr<Handle> handle) noexcept;
    std::unique_ptr<Handle> handle_;
};

}
