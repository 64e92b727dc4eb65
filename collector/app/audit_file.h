#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sidespan::collector {

/// Where the lines of the audit log go: the end of a file, or standard error. [any thread]
class AuditFile {
public:
    /// Opens or makes the file, readable by its owner and group; standard error without one. Throws
    /// http_server::UsageError.
    AuditFile(const std::optional<std::string>& file, std::function<void(std::string_view)> onError);
    ~AuditFile();
    AuditFile(const AuditFile&) = delete;
    AuditFile& operator=(const AuditFile&) = delete;

    /// Writes the line with one call. Reports the first failure.
    void write(std::string_view line);

private:
    std::string name_;
    std::function<void(std::string_view)> onError_;
    int descriptor_;
    std::atomic<bool> hasFailed_{false};
};

}
