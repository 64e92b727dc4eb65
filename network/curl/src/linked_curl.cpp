#include "curl_library.h"

#include <sidespan/detail/platform.h>

namespace sidespan::inline v0::detail {
namespace {

#define SIDESPAN_MEMBER(name) .name = &::curl_##name,
constexpr CurlLibrary linked{SIDESPAN_CURL_FUNCTIONS(SIDESPAN_MEMBER)};
#undef SIDESPAN_MEMBER

}

Outcome<> CurlLibrary::open() {
    return {};
}

void* CurlLibrary::find(const char* name) noexcept {
    return platform::findLoaded(name);
}

void* CurlLibrary::findInOpenSsl(const char* name) noexcept {
    return find(name);
}

const CurlLibrary& curl() noexcept {
    return linked;
}

}
