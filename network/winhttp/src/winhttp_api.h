#pragma once

#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
// after windows.h
#include <winhttp.h>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

struct CloseWinHttp {
    void operator()(HINTERNET handle) const noexcept { ::WinHttpCloseHandle(handle); }
};
using WinHttpHandle = std::unique_ptr<std::remove_pointer_t<HINTERNET>, CloseWinHttp>;

/// Header fields and URLs are bytes. WinHTTP takes each byte as a character.
[[nodiscard]] inline std::wstring widened(std::string_view bytes) {
    std::wstring wide;
    wide.reserve(bytes.size());
    for (const char c : bytes) wide.push_back(static_cast<unsigned char>(c));
    return wide;
}

[[nodiscard]] inline std::string narrowed(std::wstring_view wide) {
    std::string bytes;
    bytes.reserve(wide.size());
    for (const wchar_t c : wide) bytes.push_back(c < 0x100 ? static_cast<char>(c) : '?');
    return bytes;
}

}
