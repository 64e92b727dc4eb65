#pragma once

#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail::platform {

/// The function of that name in a system library that every process has loaded; null if this version of
/// Windows has none.
template <class Function>
[[nodiscard]] Function function(const wchar_t* library, const char* name) noexcept {
    const HMODULE module = ::GetModuleHandleW(library);
    if (module == nullptr) return nullptr;
    return reinterpret_cast<Function>(reinterpret_cast<void*>(::GetProcAddress(module, name)));
}

}
