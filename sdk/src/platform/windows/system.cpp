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

// 0 while the process ends: by then its other threads are gone, as in a forked child on other systems.
std::uint64_t processId() noexcept {
    return ::RtlDllShutdownInProgress() != 0 ? 0 : ::GetCurrentProcessId();
}

bool callAtExit(void (*)()) noexcept {
    return false;
}

void* findLoaded(const char*) noexcept {
    return nullptr;
}

// Not GetVersionEx(): it reports Windows 8 to programs whose manifest does not name a later version.
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
    if (bytes.empty()) return true;  // BCryptGenRandom refuses an empty buffer
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

WriteSignalBlock::WriteSignalBlock() noexcept = default;
WriteSignalBlock::~WriteSignalBlock() = default;

}
