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

/// Whether something is there. A look that failed says neither: the disk may answer again later.
enum class Presence : std::uint8_t { there, gone, unknown };

/// A directory of the user's own, held open: whatever happens to its path, what is done through this happens
/// in it. Links are never followed. Names are single components. Any thread, each name at one at a time. What
/// returns an Outcome allocates and may throw std::bad_alloc; what is noexcept does not.
class Directory {
public:
    Directory() noexcept;
    ~Directory();
    Directory(Directory&&) noexcept;
    Directory& operator=(Directory&&) noexcept;

    /// Makes it, and what leads there, when it is not there yet. Refuses a link, and a directory that belongs
    /// to somebody else or that others may write to.
    [[nodiscard]] static Outcome<Directory> make(const std::string& path);
    /// The same, but only when it is there.
    [[nodiscard]] static Outcome<Directory> open(const std::string& path);
    [[nodiscard]] Outcome<Directory> openChild(const std::string& name) const;
    /// One that was not there before, for the user alone. Not open when somebody else removed it at once.
    [[nodiscard]] Outcome<Directory> makeChild(const std::string& name) const;
    /// The same with its lock. Not open when somebody else took that first.
    [[nodiscard]] Outcome<Directory> makeLockedChild(const std::string& name) const;

    [[nodiscard]] bool isOpen() const noexcept { return handle_ != nullptr; }

    /// Takes the directory's lock, which lasts until this object goes, or the process however it ends. False
    /// when somebody else has it, in this process or another.
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

    /// When it returns success the file is there, whole, after a crash of the machine too; and never is it
    /// there in part. For the user alone. `name` was not there before.
    [[nodiscard]] Outcome<> write(const std::string& name, std::span<const std::string_view> pieces) const;
    [[nodiscard]] Outcome<std::string> read(const std::string& name, std::uint64_t maxBytes) const;
    /// The content of the file, `content` when it was not there before, or a crash left something that is not
    /// whole: of several who call this at once, in whatever process, all get the same. Durable like write().
    /// An error when another process does not let go of the file.
    [[nodiscard]] Outcome<std::string> keep(const std::string& name, std::string_view content,
                                            bool (*isWhole)(std::string_view)) const;
    /// Puts what `change` makes of the content in its place, while no other process does the same. Not
    /// durable. An error, and no call of `change`, when another process does not let go of the file.
    [[nodiscard]] Outcome<> update(const std::string& name,
                                   const std::function<std::string(std::string_view)>& change) const;
    /// Makes the file one byte longer; durable like write().
    [[nodiscard]] Outcome<> lengthen(const std::string& name) const;
    /// 0 when there is no such file; an error when that cannot be told.
    [[nodiscard]] Outcome<std::uint64_t> sizeOf(const std::string& name) const;

    bool rename(const std::string& from, const std::string& to) const noexcept;
    bool moveTo(const Directory& other, const std::string& name) const noexcept;
    bool remove(const std::string& name) const noexcept;
    /// Removes the file, or empties it where the directory takes no change. False when its content remains.
    bool wipe(const std::string& name) const noexcept;
    /// Removes the child of that name, whose lock we hold, if there is nothing in it.
    bool removeChild(const std::string& name, Directory child) const;
    /// Sorted; without the lock.
    [[nodiscard]] Outcome<std::vector<std::string>> list() const;
    /// Makes what was renamed, moved or made in it durable.
    bool sync() const noexcept;

private:
    struct Handle;
    [[nodiscard]] static Outcome<Directory> check(std::unique_ptr<Handle> handle);
    explicit Directory(std::unique_ptr<Handle> handle) noexcept;
    std::unique_ptr<Handle> handle_;
};

}
