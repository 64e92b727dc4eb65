#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan/config.h>
#include <sidespan/stats.h>

namespace sidespan::inline v0 {

namespace detail {
class LineFile;
}

/// The file of a FileSink. It appends whole lines, and renames a full file to path.1, path.1 to path.2 and so
/// on, so that there are never more than `Config::file.maxFiles`. If the file was deleted or moved meanwhile,
/// a new one is begun. If the path is a symbolic link, the file behind it is renamed, and the link stays. A
/// device, and what a path such as /dev/stdout leads to, is not renamed.
///
/// Several recorders, in one program or in several, may write to one path. Each holds the file's lock (flock,
/// LockFileEx) while it writes or renames. One that does not get the lock within 40 ms, or whose file system
/// has no locks, appends without it and leaves renaming to the others. All should use the same maxBytes and
/// maxFiles. If a reader keeps the file from being renamed, as on Windows, the file is copied and emptied.
///
/// All calls come from the drain thread, except `stats()`. Lines for which there is no memory are counted as
/// dropped (sinkFailed).
class RotatingFile {
public:
    /// Returns an error if the configuration names no file.
    [[nodiscard]] static std::optional<Error> checkPath(const Config& config);

    /// Each file begins with `head`, a literal of whole lines.
    explicit RotatingFile(const ValidConfig& config, std::string_view head = {});
    ~RotatingFile();
    RotatingFile(const RotatingFile&) = delete;
    RotatingFile& operator=(const RotatingFile&) = delete;

    /// Reports a missing path at once instead of with the first span.
    void start();
    /// Appends lines, each with one span and a newline at its end. Failures are reported and counted.
    void writeLines(std::string_view lines);
    /// Counts spans that did not become lines.
    void drop(std::size_t spans) noexcept { count(0, spans); }
    void close() noexcept;

    /// Whether the last write, if there was one, succeeded.
    [[nodiscard]] bool isWritable() const noexcept { return !isFailing_; }
    [[nodiscard]] SinkStats stats() const;

private:
    void writeParts(std::string_view& lines);
    [[nodiscard]] bool open();
    [[nodiscard]] bool openNew();
    [[nodiscard]] bool endLine();
    [[nodiscard]] bool cutLine();
    [[nodiscard]] bool writeOwn(std::string_view text);
    [[nodiscard]] bool rotate();
    [[nodiscard]] bool renameAll();
    [[nodiscard]] std::string_view fittingPart(std::string_view lines) const;
    void append(std::string_view lines);
    void failTo(std::string_view action, std::string_view reason);
    void fail(const std::string& what);
    void count(std::size_t delivered, std::size_t failed) noexcept;

    ValidConfig config_;
    const std::string_view head_;
    std::unique_ptr<detail::LineFile> file_;
    bool isLocked_ = false;
    bool mayRename_ = false;
    std::size_t size_ = 0;
    bool isFailing_ = false;

    mutable std::mutex mutex_;
    SinkStats stats_;
};

}
