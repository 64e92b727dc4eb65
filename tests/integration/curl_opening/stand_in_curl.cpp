// Takes the place of libcurl: it calls the program while it is being opened, and can send nothing.
#include <dlfcn.h>

namespace {

// What curl_version_info() gives begins with numbers and pointers.
alignas(void*) unsigned char nothing[512] = {};

[[gnu::constructor]] void callTheProgram() {
    if (void* const found = ::dlsym(RTLD_DEFAULT, "sidespanTestWhileOpening"))
        reinterpret_cast<void (*)()>(found)();
}

}

extern "C" {

[[gnu::visibility("default")]] void* curl_version_info(int) {
    return nothing;
}

#define SIDESPAN_STAND_IN(name)                          \
    [[gnu::visibility("default")]] void* curl_##name() { \
        return nullptr;                                  \
    }
SIDESPAN_STAND_IN(easy_cleanup)
SIDESPAN_STAND_IN(easy_getinfo)
SIDESPAN_STAND_IN(easy_init)
SIDESPAN_STAND_IN(easy_setopt)
SIDESPAN_STAND_IN(easy_strerror)
SIDESPAN_STAND_IN(free)
SIDESPAN_STAND_IN(global_cleanup)
SIDESPAN_STAND_IN(global_init)
SIDESPAN_STAND_IN(multi_add_handle)
SIDESPAN_STAND_IN(multi_cleanup)
SIDESPAN_STAND_IN(multi_info_read)
SIDESPAN_STAND_IN(multi_init)
SIDESPAN_STAND_IN(multi_perform)
SIDESPAN_STAND_IN(multi_poll)
SIDESPAN_STAND_IN(multi_remove_handle)
SIDESPAN_STAND_IN(slist_append)
SIDESPAN_STAND_IN(slist_free_all)
SIDESPAN_STAND_IN(url)
SIDESPAN_STAND_IN(url_cleanup)
SIDESPAN_STAND_IN(url_get)
SIDESPAN_STAND_IN(url_set)
#ifndef SIDESPAN_IS_OLD_CURL
SIDESPAN_STAND_IN(multi_wakeup)
#endif
}
