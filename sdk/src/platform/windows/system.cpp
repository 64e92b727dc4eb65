#include "windows_api.h"
// after windows.h
#include <bcrypt.h>

#include <string>

#include <sidespan/detail/platform.h>

// Documented for DLLs that clean up; no header has it.
extern "C" DECLSPEC_IMPORT BOOLEAN NTAPI RtlDllShutdownInProgress();

namespace sidespan::inline v0::detail::platform {

std::uint64_t threadKey() noexcept {
    return ::GetCurrentThreadId();
}

// What was started has ended with its threads by then, as in a forked child elsewhere.
std::uint64_t processId() noexcept {
    return ::RtlDllShutdownInProgress() != 0 ? 0 : ::GetCurrentProcessId();
}

bool callAtExit(void (*)()) noexcept {
    return false;
}

void* findLoaded(const char*) noexcept {
    return nullptr;
}

// GetVersionEx() tells a program that names no version of its own in a manifest that this is Windows 8.
std::string osVersion() {
    using GetVersion = LONG(WINAPI*)(OSVERSIONINFOW*);
    const auto getVersion = function<GetVersion>(L"ntdll.dll", "RtlGetVersion");
    OSVERSIONINFOW version{};
    version.dwOSVersionInfoSize = sizeof version;
    if (getVersion == nullptr || getVersion(&version) != 0) return {};
    return std::to_string(version.dwMajorVersion) + "." + std::to_string(version.dwMinorVersion) + "." +
           std::to_string(version.dwBuildNumber);
}

bool fillRandom(std::span<std::byte> bytes) noexcept {
    if (bytes.empty()) return true;  // which BCryptGenRandom refuses
    return ::BCryptGenRandom(nullptr, reinterpret_cast<PUCHAR>(bytes.data()),
                             static_cast<ULONG>(bytes.size()), BCRYPT_USE_SYSTEM_PREFERRED_RNG) >= 0;
}

// QueryPerformanceCounter reads the TSC.
bool isSteadyClockInUserSpace() noexcept {
    return true;
}

void pause() noexcept {
    YieldProcessor();
}

void yield() noexcept {
    ::SwitchToThread();
}

FileSizeSignalBlock::FileSizeSignalBlock() noexcept = default;
FileSizeSignalBlock::~FileSizeSignalBlock() = default;

}
