#include "windows_api.h"
// after windows.h
#include <userenv.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sidespan/detail/platform.h>

namespace sidespan::inline v0::detail::platform {
namespace {

constexpr std::size_t longestPath = std::size_t{32} << 10U;

std::string toUtf8(std::wstring_view text) {
    const int size = static_cast<int>(text.size());
    const int needed = ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
    std::string utf8(static_cast<std::size_t>(needed), '\0');
    ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, utf8.data(), needed, nullptr, nullptr);
    return utf8;
}

// Some programs write paths in upper or lower case. HomePaths ignores the case of ASCII letters only.
std::wstring inCase(std::wstring_view text, DWORD which) {
    std::wstring changed(text.size(), L'\0');
    const int size = static_cast<int>(text.size());
    ::LCMapStringEx(LOCALE_NAME_INVARIANT, which, text.data(), size, changed.data(), size, nullptr, nullptr,
                    0);
    return changed;
}

void addSpelling(std::vector<std::string>& homes, std::wstring_view home) {
    auto utf8 = toUtf8(home);
    if (std::ranges::find(homes, utf8) == homes.end()) homes.push_back(std::move(utf8));
}

void addCases(std::vector<std::string>& homes, std::wstring_view home) {
    addSpelling(homes, home);
    if (std::ranges::all_of(home, [](wchar_t c) { return c < 0x80; })) return;
    addSpelling(homes, inCase(home, LCMAP_UPPERCASE));
    addSpelling(homes, inCase(home, LCMAP_LOWERCASE));
}

// Also adds the path without its drive: paths of devices and of this machine's shares contain no drive.
void addHome(std::vector<std::string>& homes, std::wstring_view home) {
    constexpr std::size_t longestRoot = 3;
    while (home.ends_with(L'\\') || home.ends_with(L'/')) home.remove_suffix(1);
    if (home.size() <= longestRoot) return;
    const bool isOfShare = home.starts_with(L"\\\\");
    if (!isOfShare) addCases(homes, home);
    if (isOfShare || home.substr(1, 2) == L":\\") addCases(homes, home.substr(isOfShare ? 1 : 2));
}

// The text that `call` writes into a buffer of the given size; empty if it fails.
template <class Call>
std::wstring textOf(Call call) {
    std::wstring text(longestPath, L'\0');
    const DWORD size = call(text.data(), static_cast<DWORD>(text.size()));
    text.resize(size < text.size() ? size : 0);
    return text;
}

// The profile directory that the system has for the user: USERPROFILE may name another one.
std::wstring homeOfRecord() {
    HANDLE token = nullptr;
    if (::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &token) == 0) return {};
    auto home = textOf([token](wchar_t* text, DWORD size) {
        return ::GetUserProfileDirectoryW(token, text, &size) != 0 && size > 0 ? size - 1 : 0;
    });
    ::CloseHandle(token);
    return home;
}

// The path with links resolved, without "\\?\" at its beginning.
std::wstring resolved(const std::wstring& path) {
    const HANDLE directory =
        ::CreateFileW(path.c_str(), 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                      OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);
    if (directory == INVALID_HANDLE_VALUE) return {};
    auto real = textOf([directory](wchar_t* text, DWORD size) {
        return ::GetFinalPathNameByHandleW(directory, text, size, VOLUME_NAME_DOS);
    });
    ::CloseHandle(directory);
    constexpr std::wstring_view share = L"\\\\?\\UNC\\";
    constexpr std::wstring_view plain = L"\\\\?\\";
    if (real.starts_with(share)) return L"\\\\" + real.substr(share.size());
    return real.starts_with(plain) ? real.substr(plain.size()) : real;
}

// The long or the short spelling of a path; "Ann Miller" is "ANNMIL~1" in the short one.
std::wstring spelled(const std::wstring& path, DWORD(WINAPI* spell)(LPCWSTR, LPWSTR, DWORD)) {
    return textOf([&](wchar_t* text, DWORD size) { return spell(path.c_str(), text, size); });
}

}

std::vector<std::string> homeDirectories() {
    std::vector<std::string> homes;
    const auto told = textOf(
        [](wchar_t* text, DWORD size) { return ::GetEnvironmentVariableW(L"USERPROFILE", text, size); });
    for (const std::wstring& home : {told, homeOfRecord()}) {
        addHome(homes, home);
        addHome(homes, resolved(home));
        addHome(homes, spelled(home, ::GetLongPathNameW));
        addHome(homes, spelled(home, ::GetShortPathNameW));
    }
    return homes;
}

}
