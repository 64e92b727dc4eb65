#pragma once

#include <string>

#include "winhttp_api.h"

namespace sidespan::inline v0::detail {

/// What an error of WinHTTP means, in the same words on every machine. `certificate` has the flags of
/// WINHTTP_CALLBACK_STATUS_SECURE_FAILURE: what is wrong with a certificate.
[[nodiscard]] std::string winHttpWords(DWORD problem, DWORD certificate);

}
