#include <windows.h>
// after windows.h
#include <winternl.h>

#include <string>
#include <string_view>

#include "fault_state.h"
#include "support/replaced_import.h"

// Not every compiler's headers have it.
extern "C" NTSTATUS NTAPI NtSetInformationFile(HANDLE, PIO_STATUS_BLOCK, PVOID, ULONG,
                                               FILE_INFORMATION_CLASS);

namespace {

constexpr auto writeProtected = static_cast<NTSTATUS>(0xC00000A2U);

decltype(&::NtCreateFile) usualCreate = nullptr;
decltype(&::NtSetInformationFile) usualSet = nullptr;
decltype(&::GetFileInformationByHandleEx) usualList = nullptr;
decltype(&::LockFileEx) usualLock = nullptr;

sidespan::test::FaultState& faults() noexcept {
    return sidespan::test::FaultState::get();
}

// Names that tests refuse are ASCII.
std::string narrow(std::wstring_view name) {
    std::string text;
    for (const wchar_t c : name) text += c < 0x80 ? static_cast<char>(c) : '?';
    return text;
}

NTSTATUS NTAPI create(PHANDLE file, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                      PIO_STATUS_BLOCK status, PLARGE_INTEGER size, ULONG kind, ULONG share, ULONG when,
                      ULONG options, PVOID more, ULONG moreSize) {
    const auto& name = *attributes->ObjectName;
    if (const auto fault = faults().faultOf(narrow({name.Buffer, name.Length / sizeof(wchar_t)})))
        return *fault;
    const bool isChange = (access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0 && (options & 1U) == 0;
    if ((isChange || when != FILE_OPEN) && faults().refusesChange()) return writeProtected;
    return usualCreate(file, access, attributes, status, size, kind, share, when, options, more, moreSize);
}

NTSTATUS NTAPI setInformation(HANDLE file, PIO_STATUS_BLOCK status, PVOID what, ULONG size,
                              FILE_INFORMATION_CLASS kind) {
    faults().count();
    return faults().refusesChange() ? writeProtected : usualSet(file, status, what, size, kind);
}

BOOL WINAPI list(HANDLE directory, FILE_INFO_BY_HANDLE_CLASS what, void* entries, DWORD size) {
    const BOOL isListed = usualList(directory, what, entries, size);
    if (isListed == 0 || what != FileIdBothDirectoryInfo) return isListed;
    const auto* at = static_cast<const char*>(entries);
    for (DWORD next = 1; next != 0; at += next) {
        faults().count();
        next = reinterpret_cast<const FILE_ID_BOTH_DIR_INFO*>(at)->NextEntryOffset;
    }
    return isListed;
}

BOOL WINAPI lock(HANDLE file, DWORD flags, DWORD reserved, DWORD low, DWORD high, OVERLAPPED* where) {
    if (faults().areLocksThere) return usualLock(file, flags, reserved, low, high, where);
    ::SetLastError(ERROR_NOT_SUPPORTED);
    return FALSE;
}

}

namespace sidespan::test {

void replaceFileCalls() {
    if (usualCreate != nullptr) return;
    usualCreate = replaceImport("NtCreateFile", &create);
    usualSet = replaceImport("NtSetInformationFile", &setInformation);
    usualList = replaceImport("GetFileInformationByHandleEx", &list);
    usualLock = replaceImport("LockFileEx", &lock);
}

}
