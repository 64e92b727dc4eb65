#include "windows_api.h"

#include <string>

#include <sidespan/detail/utf8_path.h>

namespace sidespan::inline v0::detail {
namespace {

// Below MAX_PATH for a directory, so that the number of a rotated file fits, too.
constexpr std::size_t longestWithoutPrefix = 230;

// Empty if the system does not accept it as a path.
std::wstring wholePathOf(const wchar_t* given) {
    std::wstring whole(::GetFullPathNameW(given, 0, nullptr, nullptr), L'\0');
    whole.resize(::GetFullPathNameW(given, static_cast<DWORD>(whole.size()), whole.data(), nullptr));
    return whole;
}

bool makeDirectory(const wchar_t* path) noexcept {
    return ::CreateDirectoryW(path, nullptr) != 0 || ::GetLastError() == ERROR_ALREADY_EXISTS;
}

}

std::filesystem::path toWholePath(const std::string& utf8) {
    const auto given = toPath(utf8);
    const auto whole = wholePathOf(given.c_str());
    if (whole.empty()) return given;
    const bool hasPrefix = whole.starts_with(L"\\\\?\\") || whole.starts_with(L"\\\\.\\");
    if (hasPrefix || whole.size() <= longestWithoutPrefix) return whole;
    return whole.starts_with(L"\\\\") ? L"\\\\?\\UNC" + whole.substr(1) : L"\\\\?\\" + whole;
}

// Not std::filesystem::create_directories(): with some compilers it handles neither the prefix nor devices.
bool makeDirectories(const std::filesystem::path& path) {
    if (makeDirectory(path.c_str())) return true;
    if (::GetLastError() != ERROR_PATH_NOT_FOUND) return false;
    const auto& text = path.native();
    const auto end = text.find_last_of(L"\\/");
    if (end == text.npos || end == 0 || text[end - 1] == L':' || text[end - 1] == L'?') return false;
    return makeDirectories(text.substr(0, end)) && makeDirectory(path.c_str());
}

}
