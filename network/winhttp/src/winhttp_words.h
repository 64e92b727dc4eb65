#pragma once

#include <string>

#include "winhttp_api.h"

namespace sidespan::inline v0::detail {

/// What an error of WinHTTP means, the same words on every machine. `certificate` is what was found wrong
/// with one, in the flags of WINHTTP_CALLBACK_STATUS_SECURE_FAILURE.
[[nodiscard]] std::string winHttpWords(DWORD problem, DWORD certificate);

}
