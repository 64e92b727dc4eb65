#include "trace_file.h"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sidespan/json/parse_json.h>

#include "terminal_text.h"
#include "trace_source.h"

namespace sidespan::collector {

namespace {

constexpr std::size_t mostNotes = 20;
constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";

void takeLine(const boost::json::value& json, std::vector<RecordedSpan>& spans) {
    if (json.is_object() && json.get_object().contains("spans")) {
        auto answer = parseTraceAnswer(json);
        spans.insert(spans.end(), answer.begin(), answer.end());
    } else {
        spans.push_back({Span::fromJson(json), SpanOrigin::client});
    }
}

// Reads a line without its newline. False at the end of the stream.
bool readLine(std::istream& stream, std::string& line, std::size_t& bytes, std::size_t mostBytes) {
    line.clear();
    for (char c = 0; stream.get(c);) {
        if (++bytes > mostBytes)
            throw std::runtime_error(
                fmt::format("the input is larger than {} MiB; pass a part of it", mostBytes >> 20U));
        if (c == '\n') return true;
        line += c;
    }
    return !line.empty();
}

bool isBlank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == line.npos;
}

}

TraceFile readTraceFile(std::istream& stream, std::size_t mostBytes) {
    TraceFile file;
    std::size_t bytes = 0;
    std::size_t skipped = 0;
    std::string line;
    for (std::size_t number = 1; readLine(stream, line, bytes, mostBytes); ++number) {
        const bool isFinished =
            !stream.eof() || line.ends_with('}') || line.ends_with(']');  // it may only lack its newline
        if (number == 1 && line.starts_with(byteOrderMark)) line.erase(0, byteOrderMark.size());
        if (isBlank(line)) continue;
        try {
            takeLine(parseJson(line), file.spans);
        } catch (const std::invalid_argument& error) {
            auto reason = isFinished ? terminalText(error.what(), TextStyle::ascii)
                                     : std::string("the last line is not finished");
            if (++skipped <= mostNotes)
                file.notes.push_back(fmt::format("line {} is skipped: {}", number, reason));
        }
    }
    if (stream.bad()) throw std::runtime_error("the input cannot be read to its end");
    if (skipped > mostNotes)
        file.notes.push_back(fmt::format("{} more lines are skipped", skipped - mostNotes));
    return file;
}

}
