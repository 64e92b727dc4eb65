#include "nt_file.h"
// after windows.h
#include <winternl.h>

#include <array>
#include <bit>

// Of ntdll.dll; not every compiler's headers have it.
extern "C" NTSTATUS NTAPI NtSetInformationFile(HANDLE, PIO_STATUS_BLOCK, PVOID, ULONG,
                                               FILE_INFORMATION_CLASS);

namespace sidespan::inline v0::detail {
namespace {

constexpr std::size_t longestName = 255;
constexpr int renameInformation = 10;
constexpr int dispositionInformation = 13;
constexpr int dispositionInformationEx = 64;

// The name of a path component in UTF-16.
struct WideName {
    explicit WideName(std::string_view utf8) noexcept
        : size(static_cast<std::size_t>(::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(),
                                                              static_cast<int>(utf8.size()), text.data(),
                                                              static_cast<int>(text.size())))) {}
    [[nodiscard]] USHORT bytes() const noexcept { return static_cast<USHORT>(size * sizeof(wchar_t)); }

    std::array<wchar_t, longestName> text{};
    std::size_t size;  // 0 if it is not a valid name
};

// Like FILE_RENAME_INFORMATION, with room for a name.
struct Renaming {
    ULONG replaces = TRUE;
    HANDLE directory = nullptr;
    ULONG nameBytes = 0;
    std::array<wchar_t, longestName> name{};
};

// `what` is an int, since the headers' enumeration lacks some values.
template <class Information>
NTSTATUS set(const NtFile& file, int what, Information& information) noexcept {
    static_assert(sizeof(int) == sizeof(FILE_INFORMATION_CLASS));
    IO_STATUS_BLOCK status{};
    return ::NtSetInformationFile(file.get(), &status, &information, sizeof information,
                                  std::bit_cast<FILE_INFORMATION_CLASS>(what));
}

bool succeeded(NTSTATUS status) noexcept {
    if (status >= 0) return true;
    ::SetLastError(::RtlNtStatusToDosError(status));
    return false;
}

ULONG dispositionOf(OpenAs::If when) noexcept {
    switch (when) {
        case OpenAs::If::absent:
            return FILE_CREATE;
        case OpenAs::If::either:
            return FILE_OPEN_IF;
        case OpenAs::If::there:
            break;
    }
    return FILE_OPEN;
}

}

NtFile openIn(const NtFile& directory, std::string_view name, const OpenAs& how) noexcept {
    WideName wide(name);
    if (wide.size == 0) {
        ::SetLastError(ERROR_INVALID_NAME);
        return {};
    }
    UNICODE_STRING text{wide.bytes(), wide.bytes(), wide.text.data()};
    OBJECT_ATTRIBUTES attributes{};
    attributes.Length = sizeof attributes;
    attributes.RootDirectory = directory.get();
    attributes.ObjectName = &text;
    attributes.SecurityDescriptor = how.security;
    const ULONG options = FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_REPARSE_POINT |
                          FILE_OPEN_FOR_BACKUP_INTENT | (how.isDirectory ? FILE_DIRECTORY_FILE : 0U) |
                          (how.isWrittenThrough ? FILE_WRITE_THROUGH : 0U);
    HANDLE opened = nullptr;
    IO_STATUS_BLOCK status{};
    const auto result = ::NtCreateFile(
        &opened, how.access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, &attributes, &status, nullptr,
        how.isDirectory ? FILE_ATTRIBUTE_DIRECTORY : FILE_ATTRIBUTE_NORMAL,
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, dispositionOf(how.when), options, nullptr, 0);
    return succeeded(result) ? NtFile(opened) : NtFile();
}

bool renameTo(const NtFile& file, const NtFile& directory, std::string_view name) noexcept {
    const WideName wide(name);
    Renaming renaming;
    renaming.directory = directory.get();
    renaming.nameBytes = wide.bytes();
    renaming.name = wide.text;
    return succeeded(set(file, renameInformation, renaming));
}

bool removeOpen(const NtFile& file) noexcept {
    constexpr ULONG deleteAtOnceThoughReadOnly = 0x1 | 0x2 | 0x10;
    ULONG flags = deleteAtOnceThoughReadOnly;
    if (set(file, dispositionInformationEx, flags) >= 0) return true;
    FILE_BASIC_INFO notReadOnly{};  // a field of zero is left unchanged
    notReadOnly.FileAttributes = FILE_ATTRIBUTE_NORMAL;
    ::SetFileInformationByHandle(file.get(), FileBasicInfo, &notReadOnly, sizeof notReadOnly);
    BOOLEAN isRemoved = TRUE;  // it is removed when its last handle is closed
    return succeeded(set(file, dispositionInformation, isRemoved));
}

bool isPassing(DWORD problem) noexcept {
    return problem == ERROR_SHARING_VIOLATION || problem == ERROR_LOCK_VIOLATION ||
           problem == ERROR_ACCESS_DENIED || problem == ERROR_DELETE_PENDING ||
           problem == ERROR_USER_MAPPED_FILE;
}

}
