#include "windows_api.h"

#include <cfenv>
#include <new>
#include <string>
#include <utility>

#include <sidespan/detail/join.h>
#include <sidespan/detail/platform.h>

namespace sidespan::inline v0::detail::platform {
namespace {

const char something = 0;  // an address in this binary

// Takes a reference to the binary that contains this code.
HMODULE holdThisBinary() noexcept {
    HMODULE module = nullptr;
    ::GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, &something, &module);
    return module;
}

void nameThisThread(const std::wstring& name) noexcept {
    using SetDescription = HRESULT(WINAPI*)(HANDLE, PCWSTR);
    const auto set = function<SetDescription>(L"kernel32.dll", "SetThreadDescription");
    if (set != nullptr) set(::GetCurrentThread(), name.c_str());  // Windows 10 and later
}

}

struct Thread::Handle {
    ~Handle() {
        if (thread != nullptr)
            ::CloseHandle(thread);
        else if (binary != nullptr)
            ::FreeLibrary(binary);
        if (isDone != nullptr) ::CloseHandle(isDone);
    }
    HANDLE thread = nullptr;
    HMODULE binary = holdThisBinary();  // taken before the thread begins, which releases it at its end
    HANDLE isDone = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    std::function<void()> body;
    std::wstring name;
};

Thread::Thread() noexcept = default;
Thread::Thread(Thread&&) noexcept = default;
Thread& Thread::operator=(Thread&& other) noexcept {
    if (this != &other) {
        join();
        handle_ = std::move(other.handle_);
    }
    return *this;
}
Thread::~Thread() {
    join();
}

Outcome<Thread> Thread::start(const char* name, std::function<void()> body) {
    Thread thread;
    thread.handle_ = std::make_unique<Handle>();
    Handle& handle = *thread.handle_;
    handle.body = std::move(body);
    handle.name.assign(name, name + std::char_traits<char>::length(name));
    const auto run = [](void* argument) -> DWORD {
        auto* const started = static_cast<Handle*>(argument);
        const auto binary = started->binary;
        nameThisThread(started->name);
        ::SetThreadPriority(::GetCurrentThread(), THREAD_PRIORITY_NORMAL);
        std::fesetenv(FE_DFL_ENV);
        started->body();
        ::SetEvent(started->isDone);  // whoever waits may free `started` as soon as it ends
        ::FreeLibraryAndExitThread(binary, 0);
    };
    if (handle.binary != nullptr && handle.isDone != nullptr)
        handle.thread = ::CreateThread(nullptr, 0, run, &handle, 0, nullptr);
    if (handle.thread == nullptr) {
        const auto problem = ::GetLastError();
        thread.handle_.reset();
        return Error{ErrorCode::resource, detail::join({"thread \"", name, "\" could not be started: error ",
                                                        detail::decimal(problem)})};
    }
    return thread;
}

// A thread cannot end while another one is in DllMain, for example in the destructor of a static. So this
// waits until the thread's work is done, and then only for a moment. A thread that ended with the process
// never sets the event.
void Thread::join() noexcept {
    constexpr DWORD moment = 500;
    if (!handle_) return;
    const HANDLE either[] = {handle_->isDone, handle_->thread};
    ::WaitForMultipleObjects(2, either, FALSE, INFINITE);
    ::WaitForSingleObject(handle_->thread, moment);
    handle_.reset();
}

void Thread::forget() noexcept {
    static_cast<void>(handle_.release());
}

static_assert(sizeof(SRWLOCK) == sizeof(void*));  // all zeros at first

void StaticMutex::lock() noexcept {
    ::AcquireSRWLockExclusive(reinterpret_cast<SRWLOCK*>(&srwLock_));
}

void StaticMutex::unlock() noexcept {
    ::ReleaseSRWLockExclusive(reinterpret_cast<SRWLOCK*>(&srwLock_));
}

}
