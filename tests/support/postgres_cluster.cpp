#include "postgres_cluster.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sidespan::test {

namespace {

std::filesystem::path programs() {
    std::vector<std::filesystem::path> folders;
    std::error_code none;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none))
        folders.push_back(version.path() / "bin");
    std::sort(folders.rbegin(), folders.rend());
    std::istringstream path(std::getenv("PATH") == nullptr ? "" : std::getenv("PATH"));
    for (std::string folder; std::getline(path, folder, ':');) folders.emplace_back(folder);
    for (const auto& folder : folders)
        if (std::filesystem::exists(folder / "initdb") && std::filesystem::exists(folder / "postgres"))
            return folder;
    return {};
}

/// The user to run it as, because root may not; null for the user who runs the test.
const passwd* serverUser() {
    if (::geteuid() != 0) return nullptr;
    const auto* user = ::getpwnam("postgres");
    if (user == nullptr) user = ::getpwnam("nobody");
    if (user == nullptr) throw std::runtime_error("there is no user to run PostgreSQL as");
    return user;
}

/// Starts a program as the server's user, its output in `output`; it ends with the test.
pid_t spawn(std::vector<std::string> words, int output) {
    const auto* user = serverUser();
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t process = ::fork();
    if (process != 0) return process;
    if (user != nullptr &&
        (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
        ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

struct Pipe {
    int ends[2] = {-1, -1};
    Pipe() {
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    }
    std::FILE* reader() {
        ::close(ends[1]);
        return ::fdopen(ends[0], "r");
    }
};

/// False at the end of the text.
bool readLine(std::FILE* file, std::string& line) {
    line.clear();
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
        if (c == '\n') return true;
        line += static_cast<char>(c);
    }
    return !line.empty();
}

void run(std::vector<std::string> words) {
    Pipe pipe;
    const auto process = spawn(std::move(words), pipe.ends[1]);
    auto* const output = pipe.reader();
    std::string text;
    for (std::string line; readLine(output, line);) text += line + "\n";
    std::fclose(output);
    int status = 0;
    ::waitpid(process, &status, 0);
    if (status != 0) throw std::runtime_error("a program of PostgreSQL failed: " + text);
}

}

bool PostgresCluster::isInstalled() {
    return !programs().empty();
}

std::filesystem::path PostgresCluster::program(const std::string& name) {
    const auto file = programs() / name;
    return isInstalled() && std::filesystem::exists(file) ? file : std::filesystem::path();
}

PostgresCluster::PostgresCluster(const std::string& settings, std::function<void(const std::string&)> onLog)
    : onLog_(std::move(onLog)) {
    if (const auto* user = serverUser(); user != nullptr)
        if (::chown(folder().c_str(), user->pw_uid, user->pw_gid) != 0)
            throw std::runtime_error("the folder cannot be given to PostgreSQL's user");
    ::chmod(folder().c_str(), 0755);
    run({programs() / "initdb", "--pgdata", folder_ / "data", "--username", "sidespan", "--auth", "trust",
         "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"});
    std::ofstream(folder_ / "data/postgresql.conf", std::ios::app)
        << "listen_addresses = ''\nunix_socket_directories = '" << folder().string()
        << "'\nshared_buffers = 64MB\nmax_connections = 40\nlog_min_messages = log\n"
        << settings;
    start();
}

PostgresCluster::~PostgresCluster() {
    if (process_ > 0) stop(SIGQUIT);
}

void PostgresCluster::start() {
    Pipe pipe;
    process_ = spawn({programs() / "postgres", "-D", folder_ / "data"}, pipe.ends[1]);
    auto* const output = pipe.reader();
    std::string said;
    std::string line;
    while (line.find("ready to accept connections") == line.npos) {
        if (!readLine(output, line)) {
            std::fclose(output);
            throw std::runtime_error("PostgreSQL did not start: " + said);
        }
        said += line + "\n";
    }
    log_ = std::thread([this, output] {
        for (std::string rest; readLine(output, rest);)
            if (onLog_) onLog_(rest);
        std::fclose(output);
    });
}

void PostgresCluster::stop(int signal) {
    if (signal == SIGKILL) {
        signalAll(SIGKILL);
    } else {
        ::kill(process_, signal);
    }
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
    log_.join();
}

void PostgresCluster::signalAll(int signal) const {
    std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", process_));
    std::vector<pid_t> processes{process_};
    for (pid_t child = 0; children >> child;) processes.push_back(child);
    for (const auto process : processes) ::kill(process, signal);
}

std::string PostgresCluster::url(const std::string& database) const {
    return fmt::format("postgresql:///{}?host={}&user=sidespan", database, folder().string());
}

std::string PostgresCluster::newDatabase(const std::string& templateName) {
    const auto name = fmt::format("test{}", ++databases_);
    query(url("postgres"), fmt::format("CREATE DATABASE {} TEMPLATE {}", name, templateName));
    return url(name);
}

std::vector<std::string> PostgresCluster::query(const std::string& url, const std::string& sql) const {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()),
                                                               PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
    std::vector<std::string> rows;
    for (int i = 0; i < PQntuples(result.get()); ++i) rows.emplace_back(PQgetvalue(result.get(), i, 0));
    return rows;
}

}
