#pragma once

#include <windows.h>

#include <string>

namespace sidespan::test {

// The path of a file in this program's folder.
inline std::string beside(const char* name) {
    std::string path(1000, '\0');
    path.resize(::GetModuleFileNameA(nullptr, path.data(), static_cast<DWORD>(path.size())));
    return path.substr(0, path.rfind('\\') + 1) + name;
}

/// A child process. Its output can be read; an empty line on its input tells it to go on.
class Process {
public:
    Process(const char* program, const std::string& arguments) {
        SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
        HANDLE written = nullptr;
        HANDLE read = nullptr;
        ::CreatePipe(&output_, &written, &inherited, 0);
        ::CreatePipe(&read, &input_, &inherited, 0);
        ::SetHandleInformation(output_, HANDLE_FLAG_INHERIT, 0);
        ::SetHandleInformation(input_, HANDLE_FLAG_INHERIT, 0);
        STARTUPINFOA startup{};
        startup.cb = sizeof startup;
        startup.dwFlags = STARTF_USESTDHANDLES;
        startup.hStdInput = read;
        startup.hStdOutput = written;
        startup.hStdError = written;
        auto line = "\"" + beside(program) + "\" " + arguments;
        isStarted_ = ::CreateProcessA(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr,
                                      &startup, &process_) != 0;
        ::CloseHandle(written);
        ::CloseHandle(read);
    }
    ~Process() {
        if (isStarted_) {
            kill();
            ::CloseHandle(process_.hThread);
            ::CloseHandle(process_.hProcess);
        }
        ::CloseHandle(output_);
        ::CloseHandle(input_);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Empty at the end of the output.
    std::string readLine() {
        std::string line;
        char c = 0;
        DWORD got = 0;
        while (::ReadFile(output_, &c, 1, &got, nullptr) != 0 && got == 1 && c != '\n')
            if (c != '\r') line.push_back(c);
        return line;
    }
    void writeLine() const {
        DWORD written = 0;
        ::WriteFile(input_, "\n", 1, &written, nullptr);
    }
    void kill() const {
        ::TerminateProcess(process_.hProcess, 7);
        ::WaitForSingleObject(process_.hProcess, INFINITE);
    }
    /// Its exit code. A process that does not end in five minutes is killed; then -1.
    [[nodiscard]] int wait() const {
        DWORD code = 0;
        const bool hasEnded = ::WaitForSingleObject(process_.hProcess, 300'000) == WAIT_OBJECT_0;
        if (!hasEnded) kill();
        return hasEnded && ::GetExitCodeProcess(process_.hProcess, &code) != 0 ? static_cast<int>(code) : -1;
    }

private:
    HANDLE output_ = nullptr;
    HANDLE input_ = nullptr;
    PROCESS_INFORMATION process_{};
    bool isStarted_ = false;
};

inline std::string quoted(const std::string& text) {
    return "\"" + text + "\"";
}

}
