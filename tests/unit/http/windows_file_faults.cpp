#include "file_faults.h"

#include <windows.h>
// after windows.h
#include <winternl.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "support/replaced_import.h"

// Not every compiler's headers have it.
extern "C" NTSTATUS NTAPI NtSetInformationFile(HANDLE, PIO_STATUS_BLOCK, PVOID, ULONG,
                                               FILE_INFORMATION_CLASS);

namespace {

std::atomic<bool> isFaulty{false};
std::atomic<bool> isReadOnlyDisk{false};
std::atomic<bool> areLocksThere{true};
std::atomic<std::uint64_t> fileCalls{0};
std::atomic<std::uint64_t> refusedCalls{0};
std::mutex faultMutex;
std::wstring faultySuffix;
NTSTATUS faultStatus = 0;
int faultTimes = 0;

constexpr auto writeProtected = static_cast<NTSTATUS>(0xC00000A2U);

decltype(&::NtCreateFile) usualCreate = nullptr;
decltype(&::NtSetInformationFile) usualSet = nullptr;
decltype(&::GetFileInformationByHandleEx) usualList = nullptr;
decltype(&::LockFileEx) usualLock = nullptr;

// The error that a call for `name` returns, if it must fail.
std::optional<NTSTATUS> faultOf(std::wstring_view name) {
    ++fileCalls;
    if (!isFaulty) return std::nullopt;
    const std::lock_guard lock(faultMutex);
    if (faultTimes == 0 || !name.ends_with(faultySuffix)) return std::nullopt;
    --faultTimes;
    ++refusedCalls;
    return faultStatus;
}

bool isRefusedChange() {
    if (isReadOnlyDisk) ++refusedCalls;
    return isReadOnlyDisk;
}

NTSTATUS NTAPI create(PHANDLE file, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                      PIO_STATUS_BLOCK status, PLARGE_INTEGER size, ULONG kind, ULONG share, ULONG when,
                      ULONG options, PVOID more, ULONG moreSize) {
    const auto& name = *attributes->ObjectName;
    if (const auto fault = faultOf({name.Buffer, name.Length / sizeof(wchar_t)})) return *fault;
    const bool isChange = (access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0 && (options & 1U) == 0;
    if ((isChange || when != FILE_OPEN) && isRefusedChange()) return writeProtected;
    return usualCreate(file, access, attributes, status, size, kind, share, when, options, more, moreSize);
}

NTSTATUS NTAPI setInformation(HANDLE file, PIO_STATUS_BLOCK status, PVOID what, ULONG size,
                              FILE_INFORMATION_CLASS kind) {
    ++fileCalls;
    return isRefusedChange() ? writeProtected : usualSet(file, status, what, size, kind);
}

BOOL WINAPI list(HANDLE directory, FILE_INFO_BY_HANDLE_CLASS what, void* entries, DWORD size) {
    const BOOL isListed = usualList(directory, what, entries, size);
    if (isListed == 0 || what != FileIdBothDirectoryInfo) return isListed;
    const auto* at = static_cast<const char*>(entries);
    for (DWORD next = 1; next != 0; at += next) {
        ++fileCalls;
        next = reinterpret_cast<const FILE_ID_BOTH_DIR_INFO*>(at)->NextEntryOffset;
    }
    return isListed;
}

BOOL WINAPI lock(HANDLE file, DWORD flags, DWORD reserved, DWORD low, DWORD high, OVERLAPPED* where) {
    if (areLocksThere) return usualLock(file, flags, reserved, low, high, where);
    ::SetLastError(ERROR_NOT_SUPPORTED);
    return FALSE;
}

void standIn() {
    using sidespan::test::replaceImport;
    if (usualCreate != nullptr) return;
    usualCreate = replaceImport("NtCreateFile", &create);
    usualSet = replaceImport("NtSetInformationFile", &setInformation);
    usualList = replaceImport("GetFileInformationByHandleEx", &list);
    usualLock = replaceImport("LockFileEx", &lock);
}

}

namespace sidespan::test {

FileFaults::FileFaults() {
    standIn();
    refusedCalls = 0;
    fileCalls = 0;
}

FileFaults::~FileFaults() {
    heal();
}

void FileFaults::refuse(std::string suffix, int error, int times) {
    const std::lock_guard guard(faultMutex);
    faultySuffix.assign(suffix.begin(), suffix.end());
    faultStatus = error;
    faultTimes = times;
    isFaulty = true;
}

void FileFaults::makeReadOnly(bool isReadOnly) {
    isReadOnlyDisk = isReadOnly;
}

void FileFaults::refuseLocks() {
    areLocksThere = false;
}

void FileFaults::heal() {
    isFaulty = false;
    isReadOnlyDisk = false;
    areLocksThere = true;
}

std::uint64_t FileFaults::calls() const {
    return fileCalls;
}

std::uint64_t FileFaults::refused() const {
    return refusedCalls;
}

}
