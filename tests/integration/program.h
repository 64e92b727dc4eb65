#pragma once

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sidespan::collector::testing {

/// A program under way, its standard output a pipe and its standard error a file.
class Program {
public:
    Program(const std::filesystem::path& folder, std::vector<std::string> words)
        : errors_(folder / "err.txt") {
        std::vector<char*> arguments;
        for (auto& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        int ends[2] = {-1, -1};
        if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        process_ = fork();
        if (process_ == 0) {
            dup2(ends[1], STDOUT_FILENO);
            dup2(open(errors_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), STDERR_FILENO);
            execv(arguments[0], arguments.data());
            _exit(127);
        }
        close(ends[1]);
        output_ = ends[0];
    }
    ~Program() {
        if (process_ > 0) kill(process_, SIGKILL);
        if (process_ > 0) wait();
        close(output_);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// The next line of its output; what there is when it ended. Throws after twenty seconds without one.
    std::string readLine() {
        std::string line;
        for (char c = 0; c != '\n' && readCharacter(c);) line += c;
        return line;
    }
    std::string readAll() {
        std::string text;
        for (char c = 0; readCharacter(c);) text += c;
        return text;
    }
    int wait() {
        int status = 0;
        waitpid(process_, &status, 0);
        process_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    void signal(int number) const { kill(process_, number); }
    [[nodiscard]] std::string errors() const {
        std::ifstream stream(errors_);
        std::ostringstream text;
        text << stream.rdbuf();
        return text.str();
    }

private:
    bool readCharacter(char& c) const {
        pollfd ready{output_, POLLIN, 0};
        if (poll(&ready, 1, 20'000) != 1) throw std::runtime_error("the program says nothing");
        return read(output_, &c, 1) == 1;
    }

    std::filesystem::path errors_;
    int output_ = -1;
    pid_t process_ = -1;
};

}
