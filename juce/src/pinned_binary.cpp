#include "pinned_binary.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace sidespan::inline v0::detail {
namespace {

const char something = 0;  // an address in this binary

}

#if defined(_WIN32)
void pinThisBinary() noexcept {
    HMODULE module = nullptr;
    ::GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, &something,
                         &module);
}
#else
void pinThisBinary() noexcept {
    Dl_info binary{};
    // A program's own name may not load again; it is never unloaded either.
    if (::dladdr(&something, &binary) != 0)
        ::dlopen(binary.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}
#endif

}
