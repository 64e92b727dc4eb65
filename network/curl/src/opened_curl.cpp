#include "curl_library.h"

#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

#include <dlfcn.h>
#if defined(__linux__)
#include <link.h>
#endif

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {
namespace {

// Neither constructed nor destroyed at run time: threads may come here until the process is gone.
constinit std::mutex openMutex;
constinit CurlLibrary opened;
constinit void* openedHandle = nullptr;

#if defined(__APPLE__)
constexpr const char* names[] = {"libcurl.4.dylib"};
#else
constexpr const char* names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
#endif

// Why the last call failed, in the system's words.
std::string lastProblem() {
    const char* const problem = ::dlerror();  // NOLINT(concurrency-mt-unsafe): each thread has its own
    return problem == nullptr ? "unknown error" : problem;
}

// The names of CurlLibrary's members, each with its end, in one text: an array of pointers would have to be
// relocated.
#define SIDESPAN_NAME(name) "curl_" #name "\0"
constexpr char functions[] = SIDESPAN_CURL_FUNCTIONS(SIDESPAN_NAME);
#undef SIDESPAN_NAME
static_assert(sizeof(CurlLibrary) / sizeof(void*) == std::ranges::count(functions, '\0') - 1);

// Returns the name of the first function that is missing, or null. A function is as large as a pointer:
// POSIX, dlsym().
const char* fill(CurlLibrary& library, void* from) noexcept {
    auto* member = reinterpret_cast<std::byte*>(&library);
    for (const char* name = functions; *name != '\0'; name += std::strlen(name) + 1) {
        void* const function = ::dlsym(from, name);
        if (function == nullptr) return name;
        std::memcpy(member, &function, sizeof function);
        member += sizeof function;
    }
    return nullptr;
}

// It is never unloaded: its destructors could use what is gone by then, and its threads may still run.
Outcome<> openAs(const char* name) {
    void* const found = ::dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (found == nullptr) return Error{ErrorCode::resource, lastProblem()};
    CurlLibrary library;
    if (const char* const missing = fill(library, found)) {
        ::dlclose(found);
        return Error{ErrorCode::resource, join({name, " has no ", missing, "; it is older than 7.68"})};
    }
    opened = library;
    openedHandle = found;
    return {};
}

#if defined(__linux__)
// Called for each loaded library, under a lock, so it must not open one. Copies the path of OpenSSL.
int copyPathOfOpenSsl(dl_phdr_info* library, std::size_t, void* to) noexcept {
    auto& path = *static_cast<std::array<char, PATH_MAX>*>(to);
    const std::string_view name = library->dlpi_name == nullptr ? "" : library->dlpi_name;
    if (name.find("/libcrypto.so") == name.npos || name.size() >= path.size()) return 0;
    std::ranges::copy(name, path.begin());
    return 1;
}
#endif

}

SIDESPAN_COLD Outcome<> CurlLibrary::open() {
    const std::lock_guard lock(openMutex);
    if (openedHandle != nullptr) return {};
    std::string problems;
    for (const char* name : names) {
        const auto done = openAs(name);
        if (done.isSuccess()) return {};
        problems = join({problems, problems.empty() ? "" : "; ", done.error().message});
    }
    return Error{
        ErrorCode::resource,
        join({"nothing can be sent without libcurl; install it (Debian, Ubuntu: libcurl4): ", problems})};
}

void* CurlLibrary::find(const char* name) noexcept {
    const std::lock_guard lock(openMutex);
    return openedHandle == nullptr ? nullptr : ::dlsym(openedHandle, name);
}

void* CurlLibrary::findInOpenSsl(const char* name) noexcept {
    void* function = nullptr;
#if defined(__linux__)
    std::array<char, PATH_MAX> path{};
    if (::dl_iterate_phdr(&copyPathOfOpenSsl, &path) == 0) return nullptr;
    if (void* const library = ::dlopen(path.data(), RTLD_LAZY | RTLD_NOLOAD)) {
        function = ::dlsym(library, name);
        ::dlclose(library);
    }
#else
    static_cast<void>(name);
#endif
    return function;
}

const CurlLibrary& curl() noexcept {
    return opened;
}

}
