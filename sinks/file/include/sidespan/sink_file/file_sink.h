#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <string_view>

#include <sidespan/config.h>
#include <sidespan/encoding/span_encoding.h>
#include <sidespan/native_json/native_json.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/sink_file/rotating_file.h>
#include <sidespan/span_batch.h>

namespace sidespan::inline v0 {

/// Writes finished spans to a file, one per line: native JSON, or another format that `Format` writes.
/// `Config::file` sets its path and size.
///
/// Every batch reaches the operating system before the next is taken, so a crash of the program loses at most
/// the line that was being written; `readSpanFile()` skips it. A file that cannot be written is
/// reported once, and its spans are counted as dropped (sinkFailed) until it can be. Withdrawing consent
/// stops the writing; the file stays where the user can see it. Several programs may write to one path; see
/// RotatingFile.
template <LineEncoding Format = NativeJson>
class FileSink {
public:
    /// Needs `Config::file.path`.
    [[nodiscard]] static std::optional<Error>(check)(const Config& config) {
        return RotatingFile::checkPath(config);
    }
    explicit FileSink(const ValidConfig& config) : file_(config, head()) {}

    void start() { file_.start(); }

    void consume(const SpanBatch& batch) {
        std::size_t left = batch.size();
        try {
            for (const auto span : batch) {
                encode(span, batch.resource());
                --left;
            }
        } catch (const std::exception&) {  // no memory: the rest is lost
        }
        write();
        if (left != 0) file_.drop(left);
    }

    /// False while the file cannot be written: from a failed write to the next that succeeds.
    bool flush(Deadline) { return file_.isWritable(); }
    void purge() noexcept {}
    bool shutdown(Deadline) {
        file_.close();
        return file_.isWritable();
    }
    [[nodiscard]] SinkStats stats() const { return file_.stats(); }

private:
    [[nodiscard]] static constexpr std::string_view head() {
        if constexpr (requires { Format::fileHead; }) {
            return Format::fileHead;
        } else {
            return {};
        }
    }
    void encode(const SpanView& span, const Resource& resource) {
        constexpr std::size_t writeBeyond = std::size_t{256} << 10U;
        const std::size_t before = lines_.size();
        try {
            format_.appendObject(lines_, span, resource);
            lines_.append('\n');
        } catch (const std::exception&) {
            lines_.truncate(before);
            throw;
        }
        if (lines_.size() >= writeBeyond) write();
    }
    void write() {
        file_.writeLines(lines_.view());
        lines_.clear();
    }

    RotatingFile file_;
    Format format_;
    TextBuffer lines_;
};

static_assert(SinkPolicy<FileSink<>>);

}
