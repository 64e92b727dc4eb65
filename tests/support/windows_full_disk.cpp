#include "support/full_disk.h"

#include <windows.h>
// after windows.h
#include <winternl.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <limits>

#include "support/replaced_import.h"

namespace sidespan::test {
namespace {

constexpr auto endless = std::numeric_limits<std::uint64_t>::max();
std::atomic<std::uint64_t> roomOfEachFile{endless};
decltype(&::WriteFile) usualWrite = nullptr;

bool onlyAppends(HANDLE file) {
    constexpr int accessInformation = 8;
    ULONG access = 0;
    IO_STATUS_BLOCK status{};
    ::NtQueryInformationFile(file, &status, &access, sizeof access,
                             std::bit_cast<FILE_INFORMATION_CLASS>(accessInformation));
    return (access & FILE_APPEND_DATA) != 0 && (access & FILE_WRITE_DATA) == 0;
}

std::uint64_t placeOfNextWrite(HANDLE file) {
    LARGE_INTEGER at{};
    if (onlyAppends(file))
        ::GetFileSizeEx(file, &at);
    else
        ::SetFilePointerEx(file, {}, &at, FILE_CURRENT);
    return static_cast<std::uint64_t>(at.QuadPart);
}

BOOL WINAPI writeWhatFits(HANDLE file, const void* bytes, DWORD size, DWORD* written, OVERLAPPED* where) {
    const auto room = roomOfEachFile.load();
    if (room != endless && size != 0 && where == nullptr && ::GetFileType(file) == FILE_TYPE_DISK) {
        const auto place = placeOfNextWrite(file);
        const auto left = room > place ? room - place : 0;
        if (left == 0) {
            ::SetLastError(ERROR_DISK_FULL);
            return FALSE;
        }
        size = static_cast<DWORD>(std::min<std::uint64_t>(size, left));
    }
    return usualWrite(file, bytes, size, written, where);
}

}

FullDisk::FullDisk(std::uint64_t room) {
    if (usualWrite == nullptr) usualWrite = replaceImport("WriteFile", &writeWhatFits);
    roomOfEachFile = room;
}

FullDisk::~FullDisk() {
    roomOfEachFile = endless;
}

}
