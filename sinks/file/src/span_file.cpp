#include <fstream>
#include <istream>
#include <stdexcept>
#include <string>

#include <boost/json/value.hpp>

#include <sidespan/json/parse_json.h>
#include <sidespan/span_file.h>

namespace sidespan::inline v0 {
namespace {

constexpr std::size_t longestLine = std::size_t{1} << 20U;

// Reads up to the next newline. False when the line is longer than is held, or the text ends without a
// newline.
bool readLine(std::istream& in, std::string& line) {
    line.clear();
    for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
        if (c == '\n') return line.size() <= longestLine;
        if (line.size() <= longestLine) line += static_cast<char>(c);
    }
    return false;
}

bool parseSpan(std::string_view line, Span& span) {
    try {
        boost::system::error_code failed;
        const auto json = parseJson(line, failed);
        if (failed) return false;
        span = Span::fromJson(json);
        return true;
    } catch (const std::invalid_argument&) {
        return false;
    }
}

}

SpanFileSummary readSpans(std::istream& lines, const std::function<void(Span)>& take) {
    SpanFileSummary summary;
    std::string line;
    while (lines) {
        const bool isWhole = readLine(lines, line);
        if (line.empty()) continue;
        Span span;
        if (isWhole && parseSpan(line, span)) {
            ++summary.spans;
            take(std::move(span));
        } else {
            ++summary.skippedLines;
        }
    }
    return summary;
}

Outcome<SpanFileSummary> readSpanFile(const std::string& path, const std::function<void(Span)>& take) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return Error{ErrorCode::io, "\"" + path + "\" cannot be read; it must be a file of JSON lines"};
    return readSpans(file, take);
}

}
