#include "outbox/disk/directory.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include <sidespan/detail/join.h>
#include <sidespan/detail/utf8_path.h>

#include "nt_file.h"
#include "user_alone.h"

namespace sidespan::inline v0::detail {
namespace {

constexpr std::string_view lockName = "lock";
constexpr std::string_view cannotOpen = "cannot open a file in";
constexpr std::string_view cannotWrite = "cannot write a file in";
constexpr std::uint64_t maxSmallBytes = 4096;
constexpr ACCESS_MASK directoryAccess =
    FILE_LIST_DIRECTORY | FILE_TRAVERSE | FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | READ_CONTROL;

using If = OpenAs::If;

// Names the directory, not the file in it, so that the same failure has the same words and is reported once.
Error failure(std::string_view what, const std::string& path, DWORD number) {
    return {ErrorCode::io,
            join({what, " \"", path, "\": ", std::system_category().message(static_cast<int>(number))})};
}

NtFile openSoon(const NtFile& directory, std::string_view name, const OpenAs& how) noexcept {
    NtFile file;
    untilFree([&] {
        file = openIn(directory, name, how);
        return file.isOpen();
    });
    return file;
}

bool writeAll(const NtFile& file, std::span<const std::string_view> pieces) noexcept {
    constexpr std::size_t mostAtOnce = std::size_t{1} << 20U;
    for (auto piece : pieces) {
        while (!piece.empty()) {
            DWORD written = 0;
            const auto size = static_cast<DWORD>(std::min(piece.size(), mostAtOnce));
            if (::WriteFile(file.get(), piece.data(), size, &written, nullptr) == 0 || written == 0)
                return false;
            piece.remove_prefix(written);
        }
    }
    return true;
}

bool syncToDisk(const NtFile& file) noexcept {
    return ::FlushFileBuffers(file.get()) != 0;
}

// Replaces the content of the file. A full disk leaves the old content.
bool replace(const NtFile& file, std::string_view content) noexcept {
    const std::array<std::string_view, 1> pieces{content};
    return ::SetFilePointerEx(file.get(), {}, nullptr, FILE_BEGIN) != 0 && writeAll(file, pieces) &&
           ::SetEndOfFile(file.get()) != 0;
}

// Locks one byte far beyond the end, since others cannot read or write a locked byte on Windows.
bool lockAtOnce(const NtFile& file) noexcept {
    OVERLAPPED where{};
    where.OffsetHigh = 0x4000'0000;
    return ::LockFileEx(file.get(), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &where) !=
           0;
}

// A process that was stopped while it held the lock must not stop this one, so the wait is short.
bool lockSoon(const NtFile& file) noexcept {
    return untilFree([&] { return lockAtOnce(file); });
}

bool isOrdinaryFile(const BY_HANDLE_FILE_INFORMATION& information) noexcept {
    return (information.dwFileAttributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) == 0;
}

std::uint64_t sizeIn(const BY_HANDLE_FILE_INFORMATION& information) noexcept {
    return std::uint64_t{information.nFileSizeHigh} << 32U | information.nFileSizeLow;
}

Outcome<std::string> readAll(const NtFile& file, const std::string& path, std::uint64_t maxBytes) {
    BY_HANDLE_FILE_INFORMATION information{};
    if (::GetFileInformationByHandle(file.get(), &information) == 0)
        return failure(cannotOpen, path, ::GetLastError());
    if (!isOrdinaryFile(information) || sizeIn(information) > maxBytes)
        return Error{ErrorCode::io, join({"what should be a file in \"", path, "\" is none, or too large"})};
    std::string bytes(static_cast<std::size_t>(sizeIn(information)), '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
        DWORD got = 0;
        const auto wanted = static_cast<DWORD>(bytes.size() - have);
        if (::ReadFile(file.get(), bytes.data() + have, wanted, &got, nullptr) == 0)
            return failure("cannot read a file in", path, ::GetLastError());
        if (got == 0) break;
        have += got;
    }
    bytes.resize(have);
    return bytes;
}

// `gone` only if the system says that there is none.
Presence presenceOf(const NtFile& file) noexcept {
    if (file.isOpen()) return Presence::there;
    const DWORD problem = ::GetLastError();
    return problem == ERROR_FILE_NOT_FOUND || problem == ERROR_PATH_NOT_FOUND ? Presence::gone
                                                                              : Presence::unknown;
}

// Whether both are the same file.
Presence compare(const NtFile& found, const NtFile& held) noexcept {
    BY_HANDLE_FILE_INFORMATION named{};
    BY_HANDLE_FILE_INFORMATION known{};
    if (const auto presence = presenceOf(found); presence != Presence::there) return presence;
    if (::GetFileInformationByHandle(found.get(), &named) == 0 ||
        ::GetFileInformationByHandle(held.get(), &known) == 0)
        return Presence::unknown;
    const bool isSame = named.nFileIndexLow == known.nFileIndexLow &&
                        named.nFileIndexHigh == known.nFileIndexHigh &&
                        named.dwVolumeSerialNumber == known.dwVolumeSerialNumber;
    return isSame ? Presence::there : Presence::gone;
}

std::wstring withoutBackslash(std::wstring path) {
    while (path.ends_with(L'\\') && !path.ends_with(L":\\")) path.pop_back();
    return path;
}

std::wstring wholePathOf(const std::string& utf8) {
    return withoutBackslash(toWholePath(utf8).wstring());
}

// Replaces what is not valid UTF-16 with U+FFFD: names of other programs' files may contain it.
std::string toUtf8(std::wstring_view name) {
    std::string utf8(3 * name.size(), '\0');
    const int size = ::WideCharToMultiByte(CP_UTF8, 0, name.data(), static_cast<int>(name.size()),
                                           utf8.data(), static_cast<int>(utf8.size()), nullptr, nullptr);
    utf8.resize(static_cast<std::size_t>(size));
    return utf8;
}

NtFile openPath(const std::wstring& path, ACCESS_MASK access) noexcept {
    return NtFile(::CreateFileW(path.c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                nullptr, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
}

}

struct Directory::Handle {
    Handle(NtFile opened, std::string from) noexcept : directory(std::move(opened)), path(std::move(from)) {}
    NtFile directory;
    const std::string path;  // as given to open() or make(); a child has its parent's
    NtFile lock;
};

Directory::Directory() noexcept = default;
Directory::~Directory() = default;
Directory::Directory(Directory&&) noexcept = default;
Directory& Directory::operator=(Directory&&) noexcept = default;
Directory::Directory(std::unique_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}

// The directory, if it was opened, is not a link, and only the user may write to it.
Outcome<Directory> Directory::check(std::unique_ptr<Handle> handle) {
    BY_HANDLE_FILE_INFORMATION information{};
    if (!handle->directory.isOpen() ||
        ::GetFileInformationByHandle(handle->directory.get(), &information) == 0)
        return failure("cannot open the directory", handle->path, ::GetLastError());
    constexpr DWORD looked = FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT;
    if ((information.dwFileAttributes & looked) != FILE_ATTRIBUTE_DIRECTORY) {
        return Error{ErrorCode::io,
                     join({"\"", handle->path, "\" is a link or a file; it must be a directory"})};
    }
    const auto wrong = UserAlone().wrongWith(handle->directory);
    if (!wrong.empty()) return Error{ErrorCode::io, join({"\"", handle->path, "\" ", wrong})};
    return Directory(std::move(handle));
}

Outcome<Directory> Directory::open(const std::string& path) {
    const auto whole = wholePathOf(path);
    NtFile directory;
    untilFree([&] {
        directory = openPath(whole, directoryAccess | SYNCHRONIZE);
        return directory.isOpen();
    });
    return check(std::make_unique<Handle>(std::move(directory), path));
}

Outcome<Directory> Directory::make(const std::string& path) {
    UserAlone user;
    SECURITY_ATTRIBUTES security{sizeof security, user.descriptor(), FALSE};
    const std::filesystem::path whole = wholePathOf(path);
    makeDirectories(whole.parent_path());
    if (::CreateDirectoryW(whole.c_str(), &security) == 0 && ::GetLastError() != ERROR_ALREADY_EXISTS)
        return failure("cannot make the directory", path, ::GetLastError());
    return open(path);
}

Outcome<Directory> Directory::openChild(const std::string& name) const {
    auto child = openIn(handle_->directory, name, {.access = directoryAccess, .isDirectory = true});
    return check(std::make_unique<Handle>(std::move(child), handle_->path));
}

Outcome<Directory> Directory::makeChild(const std::string& name) const {
    UserAlone user;
    auto child = openIn(handle_->directory, name,
                        {.access = directoryAccess,
                         .when = If::absent,
                         .isDirectory = true,
                         .isWrittenThrough = true,
                         .security = user.descriptor()});
    if (!child.isOpen()) return failure("cannot make a directory in", handle_->path, ::GetLastError());
    return check(std::make_unique<Handle>(std::move(child), handle_->path));
}

// A directory cannot be renamed while a file in it is open, so it gets its name before it is locked. In
// between, another process may lock it as an orphan and remove it.
Outcome<Directory> Directory::makeLockedChild(const std::string& name) const {
    auto child = makeChild(name);
    if (!child.isSuccess() || child.value().tryLock()) return child;
    removeChild(name, std::move(child).value());
    return Directory();
}

bool Directory::tryLock() noexcept {
    const auto& directory = handle_->directory;
    NtFile lock = openIn(directory, lockName, {.access = FILE_READ_DATA, .when = If::either});
    if (!lock.isOpen() || !lockAtOnce(lock)) return false;
    const auto found = openIn(directory, lockName, {.access = FILE_READ_ATTRIBUTES});
    if (compare(found, lock) != Presence::there) return false;  // the holder before removed it
    handle_->lock = std::move(lock);
    return true;
}

void Directory::unlock() const noexcept {
    handle_->lock = NtFile();
}

Presence Directory::find(const std::string& path) noexcept try {
    return presenceOf(openPath(wholePathOf(path), FILE_READ_ATTRIBUTES));
} catch (const std::bad_alloc&) {
    return Presence::unknown;
}

Presence Directory::findAt(const std::string& path) const noexcept try {
    return compare(openPath(wholePathOf(path), FILE_READ_ATTRIBUTES), handle_->directory);
} catch (const std::bad_alloc&) {
    return Presence::unknown;
}

Presence Directory::findChild(const std::string& name, const Directory& child) const noexcept {
    const auto found = openIn(handle_->directory, name, {.access = FILE_READ_ATTRIBUTES});
    return compare(found, child.handle_->directory);
}

Presence Directory::findFile(const std::string& name) const noexcept {
    return presenceOf(openIn(handle_->directory, name, {.access = FILE_READ_ATTRIBUTES}));
}

// Creating and renaming is written through, and NTFS keeps the order of such changes in its log.
bool Directory::sync() const noexcept {
    return true;
}

Outcome<> Directory::write(const std::string& name, std::span<const std::string_view> pieces) const {
    const auto unfinished = join({name, ".tmp"});
    constexpr ACCESS_MASK access = FILE_WRITE_DATA | toRemove;
    const auto file = openSoon(handle_->directory, unfinished,
                               {.access = access, .when = If::absent, .isWrittenThrough = true});
    if (!file.isOpen()) return failure("cannot make a file in", handle_->path, ::GetLastError());
    const bool isWritten = writeAll(file, pieces) && syncToDisk(file) &&
                           untilFree([&] { return renameTo(file, handle_->directory, name); });
    if (isWritten) return {};
    const DWORD problem = ::GetLastError();
    static_cast<void>(removeOpen(file));
    return failure(cannotWrite, handle_->path, problem);
}

Outcome<std::string> Directory::read(const std::string& name, std::uint64_t maxBytes) const {
    const auto file = openSoon(handle_->directory, name, {.access = FILE_READ_DATA});
    if (!file.isOpen()) return failure(cannotOpen, handle_->path, ::GetLastError());
    return readAll(file, handle_->path, maxBytes);
}

Outcome<std::string> Directory::keep(const std::string& name, std::string_view content,
                                     bool (*isWhole)(std::string_view)) const {
    constexpr ACCESS_MASK access = FILE_READ_DATA | FILE_WRITE_DATA;
    const auto file =
        openSoon(handle_->directory, name, {.access = access, .when = If::either, .isWrittenThrough = true});
    if (!file.isOpen() || !lockSoon(file)) return failure(cannotOpen, handle_->path, ::GetLastError());
    auto there = readAll(file, handle_->path, maxSmallBytes);
    if (!there.isSuccess() || isWhole(there.value())) return there;
    if (replace(file, content) && syncToDisk(file)) return std::string(content);
    return failure(cannotWrite, handle_->path, ::GetLastError());
}

Outcome<> Directory::update(const std::string& name,
                            const std::function<std::string(std::string_view)>& change) const {
    constexpr ACCESS_MASK access = FILE_READ_DATA | FILE_WRITE_DATA;
    const auto file = openSoon(handle_->directory, name, {.access = access, .when = If::either});
    if (!file.isOpen() || !lockSoon(file)) return failure(cannotOpen, handle_->path, ::GetLastError());
    const auto before = readAll(file, handle_->path, maxSmallBytes);
    const bool isDone = replace(file, change(before.isSuccess() ? before.value() : std::string()));
    return isDone ? Outcome<>() : failure(cannotWrite, handle_->path, ::GetLastError());
}

// A file that is opened only for appending is appended to as a whole, even if others do the same.
Outcome<> Directory::lengthen(const std::string& name) const {
    constexpr std::array<std::string_view, 1> byte{"."};
    const auto file = openSoon(handle_->directory, name,
                               {.access = FILE_APPEND_DATA, .when = If::either, .isWrittenThrough = true});
    if (file.isOpen() && writeAll(file, byte) && syncToDisk(file)) return {};
    return failure(cannotWrite, handle_->path, ::GetLastError());
}

Outcome<std::uint64_t> Directory::sizeOf(const std::string& name) const {
    const auto file = openIn(handle_->directory, name, {.access = FILE_READ_ATTRIBUTES});
    const auto presence = presenceOf(file);
    if (presence == Presence::gone) return std::uint64_t{0};
    BY_HANDLE_FILE_INFORMATION information{};
    if (presence == Presence::there && ::GetFileInformationByHandle(file.get(), &information) != 0)
        return sizeIn(information);
    return failure("cannot look at a file in", handle_->path, ::GetLastError());
}

bool Directory::rename(const std::string& from, const std::string& to) const noexcept {
    const auto file = openSoon(handle_->directory, from, {.access = DELETE, .isWrittenThrough = true});
    return file.isOpen() && untilFree([&] { return renameTo(file, handle_->directory, to); });
}

bool Directory::moveTo(const Directory& other, const std::string& name) const noexcept {
    const auto file = openSoon(handle_->directory, name, {.access = DELETE, .isWrittenThrough = true});
    return file.isOpen() && untilFree([&] { return renameTo(file, other.handle_->directory, name); });
}

bool Directory::remove(const std::string& name) const noexcept {
    const auto file = openSoon(handle_->directory, name, {.access = toRemove});
    return file.isOpen() && untilFree([&] { return removeOpen(file); });
}

bool Directory::wipe(const std::string& name) const noexcept {
    if (remove(name) || findFile(name) == Presence::gone) return true;
    const auto file = openSoon(handle_->directory, name, {.access = FILE_WRITE_DATA});
    return file.isOpen() && ::SetEndOfFile(file.get()) != 0;
}

// The system removes a directory when its last handle is closed.
bool Directory::removeChild(const std::string& name, Directory child) const {
    const auto left = child.list();
    if (!left.isSuccess() || !left.value().empty()) return false;
    child.remove(std::string(lockName));
    child = Directory();
    const auto directory = openSoon(handle_->directory, name, {.access = toRemove, .isDirectory = true});
    return directory.isOpen() && untilFree([&] { return removeOpen(directory); });
}

Outcome<std::vector<std::string>> Directory::list() const {
    // A new handle: the system keeps the position of a listing with the handle.
    const NtFile listed(::ReOpenFile(handle_->directory.get(), FILE_LIST_DIRECTORY,
                                     FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                     FILE_FLAG_BACKUP_SEMANTICS));
    std::vector<std::uint64_t> buffer(std::size_t{8} << 10U);
    std::vector<std::string> names;
    const auto bytes = static_cast<DWORD>(buffer.size() * sizeof buffer[0]);
    while (::GetFileInformationByHandleEx(listed.get(), FileIdBothDirectoryInfo, buffer.data(), bytes) != 0) {
        const auto* at = reinterpret_cast<const std::byte*>(buffer.data());
        for (std::size_t next = 1; next != 0; at += next) {
            const auto& entry = *reinterpret_cast<const FILE_ID_BOTH_DIR_INFO*>(at);
            const std::wstring_view wide(entry.FileName, entry.FileNameLength / sizeof(wchar_t));
            auto name = toUtf8(wide);
            if (name != "." && name != ".." && name != lockName) names.push_back(std::move(name));
            next = entry.NextEntryOffset;
        }
    }
    const DWORD problem = ::GetLastError();
    if (problem != ERROR_NO_MORE_FILES && problem != ERROR_FILE_NOT_FOUND)
        return failure("cannot list the directory", handle_->path, problem);
    std::sort(names.begin(), names.end());
    return names;
}

}
