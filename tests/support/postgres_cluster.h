#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

#include "temporary_directory.h"

namespace sidespan::test {

/// A PostgreSQL server of the test's own, in a temporary folder and on a socket there. It ends with this
/// object, and with the test program however that ends. Root's tests run it as another user, as it demands.
class PostgresCluster {
public:
    /// Whether the server's programs are to be found: `initdb` on PATH or in Debian's /usr/lib/postgresql.
    [[nodiscard]] static bool isInstalled();
    /// One of its programs, `pg_dump` for one; empty when there is none.
    [[nodiscard]] static std::filesystem::path program(const std::string& name);

    /// Makes the cluster and starts it. `settings` are lines of postgresql.conf. `onLog` gets each line of
    /// the server's log, on a thread of its own. Throws std::runtime_error with what the server said.
    explicit PostgresCluster(const std::string& settings = "",
                             std::function<void(const std::string&)> onLog = {});
    ~PostgresCluster();
    PostgresCluster(const PostgresCluster&) = delete;
    PostgresCluster& operator=(const PostgresCluster&) = delete;

    /// Starts it again, and waits until it takes connections.
    void start();
    /// Sends it SIGINT (it ends its connections), SIGQUIT or SIGKILL (a crash), and waits for its end.
    void stop(int signal);
    /// Sends a signal to it and to those that serve its connections, SIGSTOP for one.
    void signalAll(int signal) const;

    /// The address of a database: of a new one, with what `templateName` holds.
    [[nodiscard]] std::string url(const std::string& database) const;
    [[nodiscard]] std::string newDatabase(const std::string& templateName = "template1");
    /// Runs statements in a database; the first column of the rows of the last one.
    std::vector<std::string> query(const std::string& url, const std::string& sql) const;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

private:
    [[nodiscard]] std::vector<std::string> serverCommand() const;

    std::function<void(const std::string&)> onLog_;
    TemporaryDirectory folder_;
    pid_t process_ = -1;
    std::thread log_;
    int databases_ = 0;
};

}
