#pragma once

#include <curl/curl.h>

#include <sidespan/outcome.h>

namespace sidespan::inline v0::detail {

/// Every function of libcurl that is used, without its prefix "curl_".
#define SIDESPAN_CURL_FUNCTIONS(of)                                                                   \
    of(easy_cleanup) of(easy_getinfo) of(easy_init) of(easy_setopt) of(easy_strerror) of(free)        \
        of(global_cleanup) of(global_init) of(multi_add_handle) of(multi_cleanup) of(multi_info_read) \
            of(multi_init) of(multi_perform) of(multi_poll) of(multi_remove_handle) of(multi_wakeup)  \
                of(slist_append) of(slist_free_all) of(url) of(url_cleanup) of(url_get) of(url_set)   \
                    of(version_info)

/// libcurl, opened when the program runs, or linked: SIDESPAN_CURL says which. Once opened it stays until the
/// process ends.
struct CurlLibrary {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a member's name takes none
#define SIDESPAN_MEMBER(name) decltype(&::curl_##name) name = nullptr;
    SIDESPAN_CURL_FUNCTIONS(SIDESPAN_MEMBER)
#undef SIDESPAN_MEMBER

    /// Opens it. An error says what was tried. May be called any number of times. Waits for the lock under
    /// which a host unloads libraries. [not a thread that an unloading host waits for; not the audio thread]
    [[nodiscard]] static Outcome<> open();
    /// A function of libcurl or of a library that it uses. Null if there is none of that name, or libcurl is
    /// not open.
    [[nodiscard]] static void* find(const char* name) noexcept;
    /// A function of the OpenSSL that was loaded before libcurl was opened; null if there is none. Loads
    /// nothing.
    [[nodiscard]] static void* findInOpenSsl(const char* name) noexcept;
};

/// All functions are null until libcurl has been opened.
[[nodiscard]] const CurlLibrary& curl() noexcept;

}
