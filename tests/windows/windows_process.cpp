// A process that others end: windows_process OUTBOX ENDPOINT stores batches until it is killed, and writes
// how many spans are stored; windows_process plugin PLUGIN FUNCTION ENDPOINT TIMES loads a plugin, calls the
// function and unloads it; windows_process static PLUGIN SILENT ANSWERING leaves a recorder in the static of
// one that is unloaded, and returns with spans queued; windows_process held PLUGIN ENDPOINT returns while a
// thread holds the lock of a consent; windows_process unbegun PLUGIN ENDPOINT unloads one before the threads
// that it started run.
#include <windows.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

namespace {

using namespace std::chrono_literals;

int fail(const char* what) {
    std::fprintf(stderr, "%s: error %lu\n", what, ::GetLastError());
    return 1;
}

using Call = void (*)(const char*);

Call functionOf(HMODULE plugin, const char* name) {
    return reinterpret_cast<Call>(reinterpret_cast<void*>(::GetProcAddress(plugin, name)));
}

int storeUntilKilled(const char* outbox, const char* endpoint) {
    sidespan::Config config;
    config.service = {"LoopShare", "1.2.0"};
    config.endpoint = endpoint;
    config.outbox.directory = outbox;
    config.consent = sidespan::Consent::granted;
    config.queue.drainInterval = 10ms;
    sidespan::Recorder<sidespan::SteadyClock, sidespan::HttpSink, std::mutex> recorder(config);
    for (;;) {
        for (int i = 0; i < 20; ++i) auto span = recorder.span("work");
        static_cast<void>(recorder.flush(20ms));
        std::printf("%llu\n", static_cast<unsigned long long>(recorder.sink().stats().onDisk));
        std::fflush(stdout);
    }
}

// With "recordAndBreakOff", a system that does not let go of a request in time may keep the plugin.
int loadAndUnload(const char* path, const char* name, const char* endpoint, int times) {
    int unloaded = 0;
    for (int i = 0; i < times; ++i) {
        const HMODULE plugin = ::LoadLibraryA(path);
        if (plugin == nullptr) return fail("the plugin cannot be loaded");
        functionOf(plugin, name)(endpoint);
        if (::FreeLibrary(plugin) == 0) return fail("the plugin cannot be freed");
        if (::GetModuleHandleA(path) == nullptr) ++unloaded;
    }
    std::printf("unloaded %d times\n", unloaded);
    return 0;
}

// While it is there, no other thread begins: its first step is to call each DllMain.
class LoaderLock {
public:
    LoaderLock() {
        static_cast<void>(
            call<LONG(NTAPI*)(ULONG, ULONG*, ULONG_PTR*)>("LdrLockLoaderLock", 0, nullptr, &cookie_));
    }
    ~LoaderLock() {
        static_cast<void>(call<LONG(NTAPI*)(ULONG, ULONG_PTR)>("LdrUnlockLoaderLock", 0, cookie_));
    }
    LoaderLock(const LoaderLock&) = delete;
    LoaderLock& operator=(const LoaderLock&) = delete;

private:
    template <class Function, class... Arguments>
    static LONG call(const char* name, Arguments... arguments) {
        const auto found = ::GetProcAddress(::GetModuleHandleA("ntdll.dll"), name);
        return reinterpret_cast<Function>(reinterpret_cast<void*>(found))(arguments...);
    }
    ULONG_PTR cookie_ = 0;
};

int unloadBeforeItsThreadsRun(const char* path, const char* endpoint) {
    const HMODULE plugin = ::LoadLibraryA(path);
    if (plugin == nullptr) return fail("the plugin cannot be loaded");
    {
        const LoaderLock lock;
        functionOf(plugin, "recordAndKeep")(endpoint);
        ::FreeLibrary(plugin);
    }
    if (::GetModuleHandleA(path) == nullptr) return fail("the plugin went before its threads ran");
    std::puts("ending");
    std::fflush(stdout);
    ::ExitProcess(0);
}

int endWhileConsentIsHeld(const char* path, const char* endpoint) {
    const HMODULE plugin = ::LoadLibraryA(path);
    if (plugin == nullptr) return fail("the plugin cannot be loaded");
    functionOf(plugin, "recordAndHoldConsent")(endpoint);
    std::puts("ending");
    std::fflush(stdout);
    ::ExitProcess(0);
}

int leaveInAStatic(const char* path, const char* silent, const char* answering) {
    const HMODULE plugin = ::LoadLibraryA(path);
    if (plugin == nullptr) return fail("the plugin cannot be loaded");
    functionOf(plugin, "recordAndKeep")(silent);
    ::FreeLibrary(plugin);
    if (::GetModuleHandleA(path) == nullptr) return fail("the plugin went while its threads ran");
    functionOf(plugin, "recordAndEnd")(answering);
    std::puts("ending");
    std::fflush(stdout);
    ::ExitProcess(0);
}

}

int main(int count, char** arguments) {
    const std::string_view first = count > 1 ? arguments[1] : "";
    if (first == "plugin" && count == 6)
        return loadAndUnload(arguments[2], arguments[3], arguments[4], std::atoi(arguments[5]));
    if (first == "static" && count == 5) return leaveInAStatic(arguments[2], arguments[3], arguments[4]);
    if (first == "held" && count == 4) return endWhileConsentIsHeld(arguments[2], arguments[3]);
    if (first == "unbegun" && count == 4) return unloadBeforeItsThreadsRun(arguments[2], arguments[3]);
    if (count == 3) return storeUntilKilled(arguments[1], arguments[2]);
    return fail("not understood");
}
