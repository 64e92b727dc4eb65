#include "audit_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sidespan_http_server/arguments.h>
#include <unistd.h>

namespace sidespan::collector {

AuditFile::AuditFile(const std::optional<std::string>& file, std::function<void(std::string_view)> onError)
    : name_(file.value_or("standard error")), onError_(std::move(onError)), descriptor_(STDERR_FILENO) {
    if (!file) return;
    descriptor_ = open(file->c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (descriptor_ < 0) {
        throw http_server::UsageError(
            fmt::format("--audit-log {}: it cannot be opened: {}", *file, std::strerror(errno)));
    }
}

AuditFile::~AuditFile() {
    if (descriptor_ != STDERR_FILENO) close(descriptor_);
}

void AuditFile::write(std::string_view line) {
    const auto text = fmt::format("{}{}\n", descriptor_ == STDERR_FILENO ? "sidespan-collector: " : "", line);
    const auto written = ::write(descriptor_, text.data(), text.size());
    if (written == static_cast<ssize_t>(text.size()) || hasFailed_.exchange(true)) return;
    onError_(fmt::format("the audit log cannot be written to {}: {}", name_, std::strerror(errno)));
}

}
