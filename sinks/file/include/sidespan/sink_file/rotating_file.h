#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <sidespan/config.h>
#include <sidespan/stats.h>

namespace sidespan::inline v0 {

/// The file behind a FileSink: appends whole lines, and renames a full file to path.1, path.1 to path.2 and
/// so on, so that there are never more than `Config::file.maxFiles`. One recorder writes to a path at a time;
/// a file that was deleted or moved meanwhile is begun anew.
/// Drain thread, but for `stats()`.
class RotatingFile {
public:
    explicit RotatingFile(const ValidConfig& config);
    ~RotatingFile();
    RotatingFile(const RotatingFile&) = delete;
    RotatingFile& operator=(const RotatingFile&) = delete;

    /// Says at once when no path was configured, instead of with the first span.
    void start();
    /// Appends lines, each one span and ended by a newline. Failures are reported and counted.
    void writeLines(std::string_view lines);
    void close() noexcept;

    /// Whether the last write, if there was one, succeeded.
    [[nodiscard]] bool isWritable() const noexcept { return !isFailing_; }
    [[nodiscard]] SinkStats stats() const;

private:
    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    void letGoOfMovedFile() noexcept;
    [[nodiscard]] bool open();
    [[nodiscard]] bool endLine();
    [[nodiscard]] bool rotate();
    [[nodiscard]] std::string_view fittingPart(std::string_view lines) const;
    void append(std::string_view lines);
    void failTo(std::string_view action, std::string_view reason);
    void fail(const std::string& what);
    void count(std::size_t delivered, std::size_t failed);

    ValidConfig config_;
    std::unique_ptr<std::FILE, Close> file_;
    std::size_t size_ = 0;
    bool isFailing_ = false;

    mutable std::mutex mutex_;
    SinkStats stats_;
};

}
