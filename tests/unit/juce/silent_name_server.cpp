#include "silent_name_server.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>

#include <dlfcn.h>
#include <netdb.h>

#include <gtest/gtest.h>

namespace sidespan::test {
namespace {

std::mutex mutex;
std::condition_variable changed;
bool isSilent = false;
int questions = 0;
int waiting = 0;

void waitForAnswer() {
    std::unique_lock lock(mutex);
    ++questions;
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [] { return !isSilent; });
    --waiting;
    changed.notify_all();
}

}

SilentNameServer::SilentNameServer() {
    const std::lock_guard lock(mutex);
    isSilent = true;
    questions = 0;
}

SilentNameServer::~SilentNameServer() {
    std::unique_lock lock(mutex);
    isSilent = false;
    changed.notify_all();
    changed.wait(lock, [] { return waiting == 0; });
}

void SilentNameServer::waitForQuestion() {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds{10}, [] { return questions > 0; }));
}

}

/// Takes the place of the system's in this program, for JUCE and libcurl alike.
extern "C" [[gnu::visibility("default")]] int getaddrinfo(const char* name, const char* service,
                                                          const addrinfo* hints, addrinfo** result) {
    if (name != nullptr && std::string_view(name) == "silent.example") {
        sidespan::test::waitForAnswer();
        return EAI_AGAIN;
    }
    using Function = decltype(&getaddrinfo);
    static const auto next = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    return next(name, service, hints, result);
}
